import { auditLog, outbox, sessions, signingKeys, transaction } from '@moonlight/db';
import { desc } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enqueueMail } from '../outbox/enqueue-mail.ts';
import { createMailDelivery } from '../outbox/mail-delivery.ts';
import { sessionsOfOlderSecrets } from '../sessions/sessions-of-older-secrets.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, logIn, refusalOf, registerVerified } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { rotateSecret } from './rotate-secret.ts';

const OLD = 'the old secret of tests';
const NEW = 'the new secret of tests';
const DAY = 86_400;

/** Seals with the old secret and knows the new one. */
let before: TestAuth;
/** Seals with the new secret and knows the old one. */
let after: TestAuth;
beforeEach(async () => {
  before = await createTestAuth({ secretKey: OLD, previousSecretKeys: [NEW] });
  after = await replica({ secretKey: NEW, previousSecretKeys: [OLD] });
});
afterEach(async () => {
  await after.close();
  await before.close();
});

const replica = (secrets: { secretKey: string; previousSecretKeys?: string[] }) =>
  createTestAuth({ database: before.database, clock: before.clock, ...secrets });
const rotate = (onProgress?: (mails: number) => void) =>
  rotateSecret(after.deps, { actor: 'cli:ann', ...(onProgress === undefined ? {} : { onProgress }) });
const mail = (to: string) => ({ kind: 'reset-code', to, locale: 'en', code: '042195', expiresInMinutes: 10 }) as const;
const enqueue = (t: TestAuth, to: string) =>
  transaction(t.deps.db, (tx) => enqueueMail(tx, t.deps, { mail: mail(to), ttlSeconds: 600, request: null }));
/** Enough for several batches. */
const enqueueMany = (t: TestAuth) => inParallel(250, (index) => enqueue(t, `p${index}@example.com`));
const sendAll = async (t: TestAuth): Promise<string[]> => {
  const sent: string[] = [];
  const email = { send: async ({ mail: { to } }: { mail: { to: string } }) => void sent.push(to) };
  const delivery = createMailDelivery({ ...t.deps, senders: { email } });
  await delivery.drain();
  await delivery.close();
  return sent;
};

test('afterwards the new secret alone opens signing keys and mails', async () => {
  const { person } = await registerVerified(before);
  const { accessToken } = await logIn(before, person);
  await before.deps.db.delete(outbox);
  await enqueueMany(before);
  expect(await rotate()).toMatchObject({
    signingKeys: { resealed: 1, unreadable: 0 },
    mails: { resealed: 250, unreadable: 0 },
  });
  expect(await rotate()).toMatchObject({ signingKeys: { resealed: 0 }, mails: { resealed: 0 } });
  const last = await replica({ secretKey: NEW });
  expect(await refusalOf(last.authenticate(accessToken))).toBe('none');
  expect(await before.deps.db.$count(signingKeys)).toBe(1);
  expect(await sendAll(last)).toHaveLength(250);
  await last.close();
});

test('what no configured secret opens is left and reported', async () => {
  const stranger = await replica({ secretKey: 'a secret that was forgotten' });
  await logIn(stranger, (await registerVerified(before)).person);
  await before.deps.db.delete(outbox);
  await enqueue(stranger, 'ann@example.com');
  expect(await rotate()).toMatchObject({ signingKeys: { unreadable: 1 }, mails: { resealed: 0, unreadable: 1 } });
  expect(await stranger.mails()).toHaveLength(1);
  await stranger.close();
});

test('a run that was interrupted is continued by the next one', async () => {
  await enqueueMany(before);
  const interrupted = rotate(() => {
    throw new Error('interrupted');
  });
  await expect(interrupted).rejects.toThrow('interrupted');
  const { mails } = await rotate();
  expect(mails.resealed).toBeGreaterThan(0);
  expect(mails.resealed).toBeLessThan(250);
  const last = await replica({ secretKey: NEW });
  expect(await last.mails()).toHaveLength(250);
  await last.close();
});

test('under load no session ends, and every mail is sent once', async () => {
  const people = await inParallel(8, async () => (await registerVerified(before)).person);
  const live = await inParallel(8, (index) => logIn(before, people[index]!));
  await sendAll(before);
  await enqueueMany(before);
  const rotation = new AbortController();
  const expected = Array.from({ length: 250 }, (_, index) => `p${index}@example.com`);
  const refreshing = live.map(async ({ refreshToken }) => {
    let token = refreshToken;
    for (let round = 0; !rotation.signal.aborted || round < 4; round += 1) {
      // Both replicas at once, as two tabs would.
      const [here, there] = await Promise.all(
        [before, after].map((t) => t.refresh({ refreshToken: token }, testRequest())),
      );
      expect(there?.refreshToken).toBe(here?.refreshToken);
      expect(await refusalOf(after.authenticate(here?.accessToken))).toBe('none');
      token = here?.refreshToken ?? '';
    }
    return token;
  });
  const sending = (async () => {
    const sent: string[] = [];
    for (let round = 0; !rotation.signal.aborted || round < 4; round += 1) {
      const to = `late${round}@example.com`;
      await enqueue(after, to);
      expected.push(to);
      for (const t of [before, after]) sent.push(...(await sendAll(t)));
    }
    return sent;
  })();
  for (let runs = 0; runs < 3; runs += 1) await rotate();
  rotation.abort();
  const sent = await sending;
  expect(sent.toSorted()).toEqual(expected.toSorted());
  for (const refreshToken of await Promise.all(refreshing))
    expect(await refusalOf(after.refresh({ refreshToken }, testRequest()))).toBe('none');
});

test('the report says until when the older secret is needed: by its sessions, codes and captchas', async () => {
  const { person } = await registerVerified(before);
  await logIn(before, person);
  before.clock.advance(DAY);
  const second = await logIn(before, person);
  await after.refresh({ refreshToken: (await logIn(before, person)).refreshToken }, testRequest());
  const rotatedAt = before.clock.now();
  const until = (seconds: number) => new Date(rotatedAt.getTime() + seconds * 1000);
  expect(await rotate()).toMatchObject({
    sessions: { count: 2, until: until(7 * DAY) },
    codesUntil: until(600),
    isOlderInUse: false,
    removableAt: until(7 * DAY),
  });
  before.clock.advance(60);
  await after.refresh({ refreshToken: second.refreshToken }, testRequest());
  expect(await rotate()).toMatchObject({
    sessions: { count: 1, until: until(6 * DAY) },
    codesUntil: until(600),
    removableAt: until(6 * DAY),
  });
  before.clock.advance(6 * DAY);
  expect(await rotate()).toMatchObject({ sessions: { count: 0, until: null }, removableAt: before.clock.now() });
});

test('a process that still signs with the older secret is reported', async () => {
  const { person } = await registerVerified(before);
  const { refreshToken } = await logIn(before, person);
  await rotate();
  before.clock.advance(60);
  const { refreshToken: next } = await before.refresh({ refreshToken }, testRequest());
  expect(await rotate()).toMatchObject({ isOlderInUse: true, removableAt: null });
  before.clock.advance(60);
  expect(await rotate()).toMatchObject({ isOlderInUse: false, sessions: { count: 1 } });
  await after.refresh({ refreshToken: next }, testRequest());
  expect(await rotate()).toMatchObject({ isOlderInUse: false, sessions: { count: 0 } });
});

test('sessions are counted in parts, each once', async () => {
  const { person } = await registerVerified(before);
  for (let count = 0; count < 5; count += 1) await logIn(count % 2 === 0 ? before : after, person);
  const whole = await sessionsOfOlderSecrets(after.deps);
  expect(whole.count).toBe(3);
  for (const limit of [1, 2, 5]) expect(await sessionsOfOlderSecrets(after.deps, limit)).toEqual(whole);
});

test('sessions of a release that did not store the secret count as those of an older one', async () => {
  await logIn(after, (await registerVerified(after)).person);
  expect(await rotate()).toMatchObject({ sessions: { count: 0 } });
  await after.deps.db.update(sessions).set({ secretId: null });
  expect(await rotate()).toMatchObject({ sessions: { count: 1 } });
});

test('each run is recorded with its operator, and no secret', async () => {
  await registerVerified(before);
  await rotate();
  const [entry] = await after.deps.db.select().from(auditLog).orderBy(desc(auditLog.at)).limit(1);
  expect(entry).toMatchObject({ event: 'secret_rotated', userId: null });
  expect(entry?.details).toEqual({
    actor: 'cli:ann',
    secretId: expect.stringMatching(/^[\w-]{8}$/),
    signingKeys: 0,
    mails: 1,
  });
});
