-- Emails and usernames are ASCII, and JavaScript folds them by the rules of ASCII. In a database whose language folds them otherwise (Turkish and
-- Azerbaijani: lower('I') is 'ı'), the two columns, and with them the unique indexes on lower(...), now compare as in "C". In all other databases
-- nothing is changed or locked.
DO $$
BEGIN
  IF lower('ABCDEFGHIJKLMNOPQRSTUVWXYZ') <> 'abcdefghijklmnopqrstuvwxyz' THEN
    ALTER TABLE "users"
      ALTER COLUMN "email" TYPE text COLLATE "C",
      ALTER COLUMN "username" TYPE text COLLATE "C";
  END IF;
END $$;
