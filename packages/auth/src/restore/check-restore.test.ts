import { auditLog, outbox, sessions, signingKeys } from '@moonlight/db';
import { copyTestDatabase } from '@moonlight/db/testing';
import { desc } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyCode } from '../codes/verify-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { createMailDelivery } from '../outbox/mail-delivery.ts';
import { sendHeldNotices } from '../outbox/send-held-notices.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { logout } from '../sessions/manage-sessions.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  logIn,
  mailedResetCode,
  mailedResetToken,
  refusalOf,
  registerByLink,
  registerVerified,
} from '../testing/people.ts';
import { reuseTokens } from '../testing/notices.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { checkRestore } from './check-restore.ts';

/** The service at the time of the backup, and afterwards. */
let original: TestAuth;
/** The service on the restored backup. */
let restored: TestAuth;
beforeEach(async () => {
  original = await createTestAuth();
});
afterEach(async () => {
  await restored.close();
  await restored.database.drop();
  await original.close();
});

const backUp = () => copyTestDatabase(original.database);
const restore = async (backup: Awaited<ReturnType<typeof backUp>>) => {
  restored = await createTestAuth({ database: backup, clock: original.clock });
};
const check = (keepsNotices = false) => checkRestore(restored.deps, { actor: 'cli:ann', keepsNotices });
const sendAll = async (t: TestAuth): Promise<string[]> => {
  const sent: string[] = [];
  const email = { send: async ({ mail }: { mail: { kind: string } }) => void sent.push(mail.kind) };
  const delivery = createMailDelivery({ ...t.deps, senders: { email } });
  await sendHeldNotices(t.deps);
  await delivery.drain();
  await delivery.close();
  return sent;
};

test('every session ends, also one that was ended since the backup, and people log in again', async () => {
  const { person } = await registerVerified(original);
  const [refreshed, ended] = [await logIn(original, person), await logIn(original, person)];
  const backup = await backUp();
  const newer = await original.refresh({ refreshToken: refreshed.refreshToken }, testRequest());
  const latest = await logIn(original, person);
  await logout(original.deps, { input: undefined, identity: ended.identity }, testRequest());
  await restore(backup);
  expect(await check()).toMatchObject({ sessions: 2 });
  for (const { accessToken, refreshToken } of [refreshed, newer, ended, latest]) {
    expect(await refusalOf(restored.authenticate(accessToken))).toBe('TOKEN_INVALID');
    expect(await refusalOf(restored.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  }
  const rows = await restored.deps.db.select().from(sessions);
  expect(rows.map(({ revokeReason }) => revokeReason)).toEqual(['restored', 'restored']);
  const { accessToken } = await logIn(restored, person);
  expect(await refusalOf(restored.authenticate(accessToken))).toBe('none');
  // No session counts as stolen, so no owner gets an alarm.
  expect(await restored.mails()).toEqual([]);
});

test('mails that were pending are not sent again, nor are notices that were held back', async () => {
  const { person } = await registerVerified(original);
  await reuseTokens(original, person, 5);
  await mailedResetCode(original, person);
  const backup = await backUp();
  expect(await sendAll(original)).toHaveLength(5);
  await restore(backup);
  expect(await check()).toMatchObject({ mails: 5, heldNotices: 1 });
  restored.clock.advance(3600);
  expect(await sendAll(restored)).toEqual([]);
  const rows = await restored.deps.db.select().from(outbox);
  expect(rows.every(({ state, payload }) => state === 'expired' && payload === null)).toBe(true);
});

test('links and codes that may have been used since are invalid; those that had expired are not touched', async () => {
  await registerByLink(original);
  original.clock.advance(original.deps.settings.lifetimes.verificationLinkSeconds);
  const { person } = await registerVerified(original);
  const newcomer = await registerByLink(original);
  const token = await mailedResetToken(original, person);
  original.clock.advance(60);
  const code = await mailedResetCode(original, person);
  const backup = await backUp();
  await confirmPasswordReset(original.deps, { token, newPassword: 'used before the restore' }, testRequest());
  await restore(backup);
  expect(await check()).toMatchObject({ links: 2, codes: 1 });
  const reset = confirmPasswordReset(restored.deps, { token, newPassword: 'used again' }, testRequest());
  expect(await refusalOf(reset)).toMatch(/^LINK_/);
  expect(await refusalOf(verifyEmail(restored.deps, { token: newcomer.linkToken }, testRequest()))).toMatch(/^LINK_/);
  const input = { email: person.email, type: 'reset_password', code } as const;
  expect(await refusalOf(verifyCode(restored.deps, input, testRequest()))).toBe('CODE_INVALID');
});

test('a signing key that was removed since the backup does not count', async () => {
  const { person } = await registerVerified(original);
  await logIn(original, person);
  const [{ kid } = { kid: '' }] = await original.deps.db.select().from(signingKeys);
  await restore(await backUp());
  expect(await check()).toMatchObject({ signingKeys: 1 });
  const { keys } = await restored.deps.keyRing.publicKeys(restored.clock.now());
  expect(keys).toHaveLength(1);
  expect(keys[0]).not.toMatchObject({ kid });
});

test('thousands of sessions end in batches; a second run ends nothing', async () => {
  const { person, user } = await registerVerified(original);
  await logIn(original, person);
  await original.deps.db.$client.query(
    `insert into sessions (id, user_id, created_at, rotated_at, expires_at)
      select gen_random_uuid(), $1, now(), now(), '2100-01-01' from generate_series(1, 4500)`,
    [user.id],
  );
  await restore(await backUp());
  const progress: number[] = [];
  const options = { actor: 'cli:ann', keepsNotices: false, onProgress: (ended: number) => void progress.push(ended) };
  expect(await checkRestore(restored.deps, options)).toMatchObject({ sessions: 4501 });
  expect(progress).toEqual([2000, 4000, 4501]);
  expect(await check()).toMatchObject({ mails: 0, links: 0, codes: 0, sessions: 0 });
});

test('the report says about when the backup was made, and the audit log who checked it', async () => {
  await registerVerified(original);
  const madeAt = original.clock.now();
  const backup = await backUp();
  original.clock.advance(3600);
  await restore(backup);
  const { newestEntryAt, ...ended } = await check();
  expect(newestEntryAt).toEqual(madeAt);
  const [entry] = await restored.deps.db.select().from(auditLog).orderBy(desc(auditLog.at)).limit(1);
  expect(entry).toMatchObject({ event: 'restore_checked', details: { actor: 'cli:ann', ...ended } });
});

test('pending notices are sent if the operator asks for it; what contains a link or a code is not', async () => {
  const { person } = await registerVerified(original);
  await reuseTokens(original, person);
  await mailedResetCode(original, person);
  await restore(await backUp());
  await check(true);
  expect(await sendAll(restored)).toEqual(['refresh-token-reuse-alert']);
});
