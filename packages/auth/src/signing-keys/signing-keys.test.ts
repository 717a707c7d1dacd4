import { signingKeys } from '@moonlight/db';
import { decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { refusalOf, sideBySide, logIn, registerByLink } from '../testing/people.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';

const DAY = 86_400;

let home: TestAuth;
/** A replica that knows no key yet, on a database without keys. */
let t: TestAuth;
beforeAll(async () => {
  home = await createTestAuth();
});
beforeEach(async () => {
  await home.deps.db.delete(signingKeys);
  t = await createTestAuth({ database: home.database });
});
afterEach(() => t.close());
afterAll(() => home.close());

const partsOf = ({ deps }: TestAuth) => ({ db: deps.db, random: deps.random, sealingKey: deps.secrets.signingKey });
const rotate = (auth = t) => rotateSigningKeys(partsOf(auth), t.clock.now());
const published = async (auth = t): Promise<unknown[]> =>
  (await auth.deps.keyRing.publicKeys(t.clock.now())).keys.map(({ kid }) => kid);
const signerOf = (accessToken: string) => decodeProtectedHeader(accessToken).kid;
const anotherReplica = (secretKey?: string) =>
  createTestAuth({ database: t.database, clock: t.clock, ...(secretKey === undefined ? {} : { secretKey }) });
const somebody = async (auth = t) => (await registerByLink(auth)).person;

test('the first token makes the first key; what is published verifies it and holds no secret half', async () => {
  const { accessToken } = await logIn(t, await somebody());
  const { keys } = await t.deps.keyRing.publicKeys(t.clock.now());
  expect(keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      use: 'sig',
      kid: signerOf(accessToken),
      x: expect.stringMatching(/^[\w-]{43}$/),
      y: expect.stringMatching(/^[\w-]{43}$/),
    },
  ]);
});

test('replicas that start at the same moment make one key', async () => {
  const replicas = [t, await anotherReplica(), await anotherReplica()];
  const kids = await Promise.all(replicas.map((replica) => published(replica)));
  await sideBySide(6, () => rotate());
  expect(new Set(kids.flat()).size).toBe(1);
  expect(await t.deps.db.$count(signingKeys)).toBe(1);
  await Promise.all(replicas.slice(1).map((replica) => replica.close()));
});

test('the secret half is sealed at rest', async () => {
  await published();
  const rows = JSON.stringify(await t.deps.db.select().from(signingKeys));
  expect(rows).not.toMatch(/PRIVATE|"d"/);
});

test('after 30 days a successor is published, and signs ten minutes later on every replica', async () => {
  const replica = await anotherReplica();
  const person = await somebody();
  const first = signerOf((await logIn(t, person)).accessToken);
  t.clock.advance(30 * DAY - 0.001);
  expect(await rotate()).toBe(false);
  t.clock.advance(0.001);
  expect(await rotate()).toBe(true);
  expect(await rotate()).toBe(false);
  t.clock.advance(60);
  const [successor] = await published();
  expect(await published(replica)).toEqual([successor, first]);
  t.clock.advance(600 - 60.001);
  expect(signerOf((await logIn(t, person)).accessToken)).toBe(first);
  t.clock.advance(0.001);
  for (const each of [t, replica]) expect(signerOf((await logIn(each, person)).accessToken)).toBe(successor);
  await replica.close();
});

test('a retired key verifies until the last token it signed has expired, and is published as long', async () => {
  const person = await somebody();
  await logIn(t, person);
  t.clock.advance(30 * DAY);
  await rotate();
  t.clock.advance(599);
  const last = await logIn(t, person);
  t.clock.advance(1800 - 1);
  const replica = await anotherReplica();
  expect(await refusalOf(replica.authenticate(last.accessToken))).toBe('none');
  expect(await published(replica)).toContain(signerOf(last.accessToken));
  t.clock.advance(120);
  expect(await published(replica)).not.toContain(signerOf(last.accessToken));
  await replica.close();
});

test('another SECRET_KEY costs no outage: a new key signs at once, tokens of the old one live on', async () => {
  const person = await somebody();
  const before = await logIn(t, person);
  t.clock.advance(5);
  const changed = await anotherReplica('another secret of tests');
  expect(await refusalOf(changed.authenticate(before.accessToken))).toBe('none');
  const after = await logIn(changed, person);
  expect(signerOf(after.accessToken)).not.toBe(signerOf(before.accessToken));
  expect(await refusalOf(changed.authenticate(after.accessToken))).toBe('none');
  // A replica that still has the old secret looks for the key that a token names, and learns its public half.
  expect(await refusalOf(t.authenticate(after.accessToken))).toBe('none');
  await changed.close();
});

test('keys that were retired long ago are removed', async () => {
  await published();
  for (let months = 0; months < 6; months += 1) {
    t.clock.advance(30 * DAY + 600);
    await rotate();
  }
  expect(await t.deps.db.$count(signingKeys)).toBeLessThanOrEqual(5);
});

test('an invented kid is looked for once in five seconds, however often it is sent', async () => {
  await published();
  t.clock.advance(5);
  t.statements();
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'invented' })).toString('base64url');
  await sideBySide(20, (index) => refusalOf(t.authenticate(`${header}.e30.${index}`)));
  expect(t.statements().length).toBeLessThanOrEqual(1);
});
