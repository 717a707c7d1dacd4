import { signingKeys } from '@moonlight/db';
import { sql } from 'drizzle-orm';
import { decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, logIn, refusalOf, registerByLink } from '../testing/people.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';

const DAY = 86_400;

let main: TestAuth;
/** A replica that has loaded no key yet, on a database without keys. */
let t: TestAuth;
beforeAll(async () => {
  main = await createTestAuth();
});
beforeEach(async () => {
  await main.deps.db.delete(signingKeys);
  t = await createTestAuth({ database: main.database });
});
afterEach(() => t.close());
afterAll(() => main.close());

const partsOf = ({ deps }: TestAuth) => ({ db: deps.db, random: deps.random, sealingKeys: deps.secrets.signingKey });
const rotate = (auth = t) => rotateSigningKeys(partsOf(auth), t.clock.now());
const published = async (auth = t): Promise<unknown[]> =>
  (await auth.deps.keyRing.publicKeys(t.clock.now())).keys.map(({ kid }) => kid);
const signerOf = (accessToken: string) => decodeProtectedHeader(accessToken).kid;
const anotherReplica = (secretKey?: string) =>
  createTestAuth({ database: t.database, clock: t.clock, ...(secretKey === undefined ? {} : { secretKey }) });
const register = async (auth = t) => (await registerByLink(auth)).person;

test('the first token creates the first key; the published key is public only', async () => {
  const { accessToken } = await logIn(t, await register());
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

test('replicas that start at the same moment create one key', async () => {
  const replicas = [t, await anotherReplica(), await anotherReplica()];
  const kids = await Promise.all(replicas.map((replica) => published(replica)));
  await inParallel(6, () => rotate());
  expect(new Set(kids.flat()).size).toBe(1);
  expect(await t.deps.db.$count(signingKeys)).toBe(1);
  await Promise.all(replicas.slice(1).map((replica) => replica.close()));
});

test('the private key is stored sealed', async () => {
  await published();
  const rows = JSON.stringify(await t.deps.db.select().from(signingKeys));
  expect(rows).not.toMatch(/PRIVATE|"d"/);
});

test('after 30 days a successor is published, and it signs ten minutes later on every replica', async () => {
  const replica = await anotherReplica();
  const person = await register();
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

test('a retired key verifies and is published until the last token it signed has expired', async () => {
  const person = await register();
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

test('a removed key stops counting within a second on every replica, also for tokens that were verified before', async () => {
  const person = await register();
  const { accessToken } = await logIn(t, person);
  const replica = await anotherReplica();
  expect(await refusalOf(replica.authenticate(accessToken))).toBe('none');
  await t.deps.db.delete(signingKeys);
  t.clock.advance(1);
  for (const each of [t, replica]) {
    expect(await refusalOf(each.authenticate(accessToken))).toBe('TOKEN_INVALID');
    expect(await published(each)).not.toContain(signerOf(accessToken));
    const after = await logIn(each, person);
    expect(signerOf(after.accessToken)).not.toBe(signerOf(accessToken));
  }
  await replica.close();
});

test('bearer calls read the keys once a second, however many there are', async () => {
  const { accessToken } = await logIn(t, await register());
  const readings = () => t.statements().filter((text) => text.includes('signing_keys')).length;
  t.clock.advance(1);
  t.statements();
  await inParallel(20, () => t.authenticate(accessToken));
  expect(readings()).toBe(1);
  t.clock.advance(0.999);
  await inParallel(20, () => t.authenticate(accessToken));
  expect(readings()).toBe(0);
});

test('after a change of SECRET_KEY a new key signs at once, and tokens of the old key are invalid', async () => {
  const person = await register();
  const before = await logIn(t, person);
  const changed = await anotherReplica('another secret of tests');
  expect(await refusalOf(changed.authenticate(before.accessToken))).toBe('TOKEN_INVALID');
  const after = await logIn(changed, person);
  expect(signerOf(after.accessToken)).not.toBe(signerOf(before.accessToken));
  expect(await refusalOf(changed.authenticate(after.accessToken))).toBe('none');
  expect(await published(changed)).toEqual([signerOf(after.accessToken)]);
  // A process that still has the old secret is not affected, and cannot verify what the new one signs.
  t.clock.advance(1);
  expect(await refusalOf(t.authenticate(before.accessToken))).toBe('none');
  expect(await refusalOf(t.authenticate(after.accessToken))).toBe('TOKEN_INVALID');
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

test('an unknown kid causes one query a second, however often it is sent', async () => {
  await published();
  t.clock.advance(1);
  t.statements();
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'invented' })).toString('base64url');
  await inParallel(20, (index) => refusalOf(t.authenticate(`${header}.e30.${index}`)));
  expect(t.statements().length).toBeLessThanOrEqual(1);
});

const breakTable = () => t.deps.db.execute(sql`alter table signing_keys rename to signing_keys_broken`);
const repairTable = () => t.deps.db.execute(sql`alter table signing_keys_broken rename to signing_keys`);

test('when the keys cannot be loaded, the known ones stay in use, and loading is tried again', async () => {
  const { accessToken } = await logIn(t, await register());
  const [kid] = await published();
  const { keyRing } = t.deps;
  t.clock.advance(30 * DAY);
  await rotate();
  await breakTable();
  for (let times = 0; times < 2; times += 1) {
    expect(await published()).toEqual([kid]);
    expect((await keyRing.signingKey(t.clock.now())).kid).toBe(kid);
    expect(await keyRing.verificationKey(decodeProtectedHeader(accessToken), t.clock.now())).toBeDefined();
    t.clock.advance(60);
  }
  await repairTable();
  expect(await published()).toHaveLength(2);
});

test('a replica that could never load the keys fails, and works as soon as it can', async () => {
  await published();
  const replica = await anotherReplica();
  await breakTable();
  await expect(published(replica)).rejects.toThrow('signing_keys');
  await repairTable();
  expect(await published(replica)).toEqual(await published());
  await replica.close();
});
