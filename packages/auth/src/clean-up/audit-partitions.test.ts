import { auditLog } from '@moonlight/db';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId, secondsAfter } from '../system.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel } from '../testing/people.ts';
import { rotateAuditPartitions, startOfMonth } from './audit-partitions.ts';
import { readAuditPartitions } from './audit-partitions-store.ts';
import { cleanUp } from './clean-up.ts';

const DAY = 86_400;

let t: TestAuth;
/** The partition of the entries from before the log had partitions ends here; the clock shows ten days later. */
let legacyEnd: Date;
beforeEach(async () => {
  t = await createTestAuth();
  const [legacy] = await readAuditPartitions(t.deps.db);
  legacyEnd = legacy?.endsAt ?? new Date(0);
  t.clock.advance((legacyEnd.getTime() - t.clock.now().getTime()) / 1000 + 10 * DAY);
});
afterEach(() => t.close());

const addEntry = (at: Date) =>
  t.deps.db.insert(auditLog).values({ id: newId(t.deps.random, at), at, event: 'logged_out' });
/** Where the entries are, the oldest first. */
const partitionsUsed = async () =>
  (await t.deps.db.execute(sql`select tableoid::regclass::text as name from audit_log order by at`)).rows.map(
    ({ name }) => name,
  );
const nameOf = (later: number) =>
  `audit_log_${startOfMonth(legacyEnd, later).toISOString().slice(0, 7).replace('-', '_')}`;
const names = async () => (await readAuditPartitions(t.deps.db)).map(({ name }) => name).toSorted();

test('there are partitions for this month and the two after it, however many workers create them', async () => {
  await inParallel(4, () => rotateAuditPartitions(t.deps));
  expect(await names()).toEqual([0, 1, 2].map(nameOf).concat('audit_log_legacy'));
  for (const later of [-1, 0, 1, 2]) await addEntry(startOfMonth(legacyEnd, later));
  await addEntry(secondsAfter(startOfMonth(legacyEnd, 1), -0.001));
  expect(await partitionsUsed()).toEqual(['audit_log_legacy', nameOf(0), nameOf(0), nameOf(1), nameOf(2)]);
});

test('a month whose entries have all been kept long enough is dropped, and none of them is deleted', async () => {
  await cleanUp(t.deps);
  for (const later of [0, 1]) await addEntry(startOfMonth(legacyEnd, later));
  t.clock.advance((startOfMonth(legacyEnd, 1).getTime() - t.clock.now().getTime()) / 1000 + 365 * DAY - 0.001);
  await cleanUp(t.deps);
  expect(await partitionsUsed()).toEqual([nameOf(0), nameOf(1)]);
  t.clock.advance(0.001);
  t.statements();
  expect(await cleanUp(t.deps)).toEqual({});
  expect(t.statements().filter((text) => text.startsWith('drop table'))).toEqual([
    `drop table if exists "${nameOf(0)}"`,
  ]);
  expect(await partitionsUsed()).toEqual([nameOf(1)]);
  expect(await names()).not.toContain('audit_log_legacy');
});

test('an entry of a month without a partition is stored, and removed when its month has expired', async () => {
  await addEntry(t.clock.now());
  expect(await partitionsUsed()).toEqual(['audit_log_default']);
  await cleanUp(t.deps);
  expect(await names()).toEqual([1, 2].map(nameOf).concat('audit_log_legacy'));
  expect(await partitionsUsed()).toEqual(['audit_log_default']);
  t.clock.advance(365 * DAY + 31 * DAY);
  expect(await cleanUp(t.deps)).toEqual({ audit_log: 1 });
});

test('the clean-up removes no entry of another partition, and neither does that of the release before', async () => {
  await rotateAuditPartitions(t.deps);
  const expired = secondsAfter(t.clock.now(), -400 * DAY);
  // Both are the first row of their partition, so their `ctid` is the same.
  for (const at of [expired, t.clock.now()]) await addEntry(at);
  await t.deps.db.execute(sql`delete from "audit_log" where ctid = any (array(select ctid from "audit_log"
    where "audit_log"."at" < ${expired.toISOString()}::timestamptz + interval '1 day' limit 500 for update skip locked))`);
  expect(await partitionsUsed()).toContain(nameOf(0));
  await cleanUp(t.deps);
  expect(await partitionsUsed()).toEqual([nameOf(0)]);
});

test('a call that holds the log delays a rotation by 200 ms at most, and the next one succeeds', async () => {
  const holder = await t.deps.db.$client.connect();
  await holder.query('begin; lock table audit_log in row exclusive mode');
  await expect(rotateAuditPartitions(t.deps)).rejects.toThrow('create table');
  await holder.query('rollback');
  holder.release();
  await rotateAuditPartitions(t.deps);
  expect(await names()).toHaveLength(4);
});
