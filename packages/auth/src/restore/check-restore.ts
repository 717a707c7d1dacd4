import { transaction } from '@moonlight/db';
import { recordOperation } from '../audit/audit.ts';
import type { AuthDeps } from '../deps.ts';
import { replaceSigningKeys } from '../signing-keys/replace-signing-keys.ts';
import {
  dropHeldNotices,
  dropUnsentMails,
  endSessionsAfter,
  findNewestEntry,
  withdrawAllCodes,
  withdrawAllLinks,
} from './restore-store.ts';

/** What `checkRestore` ended. */
export interface RestoreReport {
  /** When the newest session or mail of the backup was created: about the time of the backup. */
  readonly newestEntryAt: Date | null;
  readonly mails: number;
  /** Accounts whose notices were held back. */
  readonly heldNotices: number;
  readonly links: number;
  readonly codes: number;
  readonly signingKeys: number;
  readonly sessions: number;
}

interface RestoreOptions {
  /** `cli:<user>`, for the audit log. */
  readonly actor: string;
  /** Notices that are pending in the backup are sent, although they may have been sent since. */
  readonly keepsNotices: boolean;
  readonly onProgress?: (endedSessions: number) => void;
}

const BATCH = 2000;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** In batches, so that no transaction locks millions of rows, and no statement times out. */
const endAllSessions = async (deps: AuthDeps, onProgress: (ended: number) => void): Promise<number> => {
  const now = deps.clock.now();
  let total = 0;
  for (let after: string | null = LOWEST_ID; after !== null;) {
    const { ended, last } = await endSessionsAfter(deps.db, { after, now, limit: BATCH });
    if (ended > 0) onProgress((total += ended));
    after = last;
  }
  return total;
};

/**
 * Makes a database safe that was restored from an older backup, before the service starts on it. Everything that was
 * spent or ended since the backup would live again: sessions (and clients with newer refresh tokens could not use theirs),
 * used links and codes, mails that were sent, and signing keys that were removed. So all of them end, and a new key signs.
 * It can be interrupted and run again.
 */
export const checkRestore = async (
  deps: AuthDeps,
  { actor, keepsNotices, onProgress = () => undefined }: RestoreOptions,
): Promise<RestoreReport> => {
  const { db, clock, random, secrets, keyRing } = deps;
  const report = await transaction(db, async (tx) => {
    const now = clock.now();
    const newestEntryAt = await findNewestEntry(tx);
    const mails = await dropUnsentMails(tx, { now, keepsNotices });
    const heldNotices = keepsNotices ? 0 : await dropHeldNotices(tx);
    const links = await withdrawAllLinks(tx, now);
    const codes = await withdrawAllCodes(tx, now);
    // HS256 has no keys in the database.
    const keyParts = { random, sealingKeys: secrets.signingKey };
    const signingKeys = keyRing.algorithm === 'ES256' ? await replaceSigningKeys(tx, keyParts, now) : 0;
    return { newestEntryAt, mails, heldNotices, links, codes, signingKeys };
  });
  const sessions = await endAllSessions(deps, onProgress);
  const { newestEntryAt, ...ended } = { ...report, sessions };
  await recordOperation(db, deps, { event: 'restore_checked', actor, details: ended });
  return { newestEntryAt, ...ended };
};
