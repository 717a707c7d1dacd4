import type { Client } from 'pg';

// Values as long as real ones, so that the sizes of the tables are real.
const PASSWORD_HASH = `'$argon2id$v=19$m=19456,t=2,p=1$' || repeat('x', 22) || '$' || repeat('x', 43)`;
const SOURCE = `'198.51.100.' || (n % 256), 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'`;
const TOKEN_HASH = `encode(sha256(id::text::bytea), 'base64')`;

/**
 * Fills the tables like a service of some years: accounts with three sessions each, used and unused links, codes, sent mails
 * and audit rows in proportion. Foreign keys are not checked meanwhile; the rows satisfy them.
 */
export const seed = async (client: Client, users: number, report: (line: string) => void): Promise<void> => {
  await client.query(`set session_replication_role = replica`);
  const steps: Readonly<Record<string, string>> = {
    users: `insert into users (id, email, username, password_hash, locale, email_verified_at, first_login_at, created_at, updated_at,
        registration_ip, registration_user_agent)
      select gen_random_uuid(), 'Person' || n || '@example.com', 'person_' || n, ${PASSWORD_HASH}, 'en',
        case when n % 100 > 0 then now() - interval '1 day' end, case when n % 100 > 0 then now() end, now() - interval '2 days', now(), ${SOURCE}
      from generate_series(1, ${users}) n`,
    sessions: `insert into sessions (id, user_id, created_at, rotated_at, expires_at, ip, user_agent)
      select gen_random_uuid(), id, now() - n * interval '1 day', now(), now() + interval '1 day', ${SOURCE} from users, generate_series(1, 3) n`,
    email_verifications: `insert into email_verifications (id, user_id, token_hash, created_at, expires_at, verified_at)
      select gen_random_uuid(), id, ${TOKEN_HASH}, now(), now(), case when random() < 0.9 then now() end from users`,
    password_resets: `insert into password_resets (id, user_id, token_hash, created_at, expires_at, used_at)
      select gen_random_uuid(), id, ${TOKEN_HASH}, now(), now(), case when random() < 0.9 then now() end from users limit ${Math.ceil(users / 4)}`,
    verification_codes: `insert into verification_codes (email, purpose, code_hash, created_at, expires_at)
      select lower(email), 'register', 'x', now(), now() + interval '1 hour' from users limit ${Math.ceil(users / 4)}`,
    outbox: `insert into outbox (id, kind, state, attempts, created_at, due_at, expires_at, finished_at, request_id)
      select gen_random_uuid(), 'verification-link', 'sent', 1, now(), now(), now(), now(), gen_random_uuid() from users`,
    audit_log: `insert into audit_log (id, at, event, user_id, ip, user_agent, request_id)
      select gen_random_uuid(), now(), 'registered', id, ${SOURCE}, gen_random_uuid()
      from (select id, row_number() over () as n from users) as numbered`,
    account_notices: `insert into account_notices (user_id, window_ends_at, mailed)
      select id, now() + interval '1 hour', 1 from users limit ${Math.ceil(users / 10)}`,
    spent_captchas: `insert into spent_captchas (hash, expires_at)
      select id::text, now() + interval '10 minutes' from users limit ${Math.ceil(users / 10)}`,
    limits: `insert into limits (key, count, resets_at)
      select 'login:' || id, 1, now() + interval '1 hour' from users limit ${Math.ceil(users / 4)}`,
  };
  for (const [table, statement] of Object.entries(steps)) {
    const started = performance.now();
    const { rowCount } = await client.query(statement);
    report(`seeded ${rowCount} rows of ${table} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  await client.query('analyze');
  await client.query(`set session_replication_role = origin`);
};

/** The bytes of a row of each table, with its share of the indexes and of free space in pages. */
export const rowSizes = async (client: Client): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await client.query<{ name: string; bytes: number }>(`
    select coalesce(parent.relname, part.relname) as name,
      round(sum(pg_total_relation_size(part.oid)) / nullif(sum(part.reltuples), 0))::int as bytes
    from pg_class part
    left join pg_inherits on inhrelid = part.oid left join pg_class parent on parent.oid = inhparent
    where part.relkind = 'r' and part.relnamespace = 'public'::regnamespace and part.reltuples > 0
    group by 1 order by 1`);
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
};
