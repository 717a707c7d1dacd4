import type { TestAuth } from './create-test-auth.ts';

/** What an operation sends to PostgreSQL. */
export interface Traffic {
  readonly roundTrips: number;
  readonly statements: number;
  /** Commits that wait until the write-ahead log is on disk. */
  readonly synchronousCommits: number;
}

const WRITES = /\b(?:insert into|update|delete from|for (?:no key )?update)\b/;
// Changes of these tables are in no log, and a statement with this setting does not wait for it.
const WAITS_FOR_NO_DISK = /\b(?:insert into|update|delete from) "(?:limits|spent_captchas)"|synchronous_commit/;

const synchronousCommits = (statements: readonly string[]): number => {
  let commits = 0;
  let hasWritten = false;
  let isOpen = false;
  for (const text of statements) {
    if (text.startsWith('begin')) isOpen = true;
    else if (WRITES.test(text) && !WAITS_FOR_NO_DISK.test(text)) hasWritten = true;
    if (text === 'commit' || text === 'rollback') isOpen = false;
    if (isOpen || !hasWritten) continue;
    if (text !== 'rollback') commits += 1;
    hasWritten = false;
  }
  return commits;
};

/** Counts what `operation` sends. The result is exact, unlike a time, so that a further statement fails a test. */
export const trafficOf = async (t: TestAuth, operation: () => Promise<unknown>): Promise<Traffic> => {
  t.statements();
  t.roundTrips();
  await operation();
  const statements = t.statements();
  const sent = statements.filter((text) => !/^(?:begin|commit|rollback)/.test(text));
  return {
    roundTrips: t.roundTrips(),
    statements: sent.length,
    synchronousCommits: synchronousCommits(statements),
  };
};
