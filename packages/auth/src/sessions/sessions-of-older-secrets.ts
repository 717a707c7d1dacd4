import type { AuthDeps } from '../deps.ts';
import { summarizeOtherSecrets } from './older-secrets-store.ts';

// A part takes a fraction of a second, so no statement times out however many sessions there are.
const PART = 50_000;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

const later = (a: Date | null, b: number | null): Date | null =>
  b === null || (a !== null && a.getTime() >= b) ? a : new Date(b);

/**
 * The valid sessions whose refresh token an older secret signed: their number, when the last of them expires if it is not
 * refreshed, and when the newest of these tokens was issued. It reads the whole table of sessions, in parts.
 */
export const sessionsOfOlderSecrets = async (
  { db, clock, secrets }: Pick<AuthDeps, 'db' | 'clock' | 'secrets'>,
  limit = PART,
): Promise<{ count: number; until: Date | null; newest: Date | null }> => {
  const asked = { secretId: secrets.refreshToken[0].secretId, now: clock.now(), limit };
  let found: Awaited<ReturnType<typeof sessionsOfOlderSecrets>> = { count: 0, until: null, newest: null };
  for (let after: string | null = LOWEST_ID; after !== null;) {
    const part = await summarizeOtherSecrets(db, { ...asked, after });
    const { count, until, newest } = found;
    found = { count: count + part.count, until: later(until, part.until), newest: later(newest, part.newest) };
    after = part.last;
  }
  return found;
};
