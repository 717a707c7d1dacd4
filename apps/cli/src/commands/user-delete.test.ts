import { userInfo } from 'node:os';
import { logIn, refusalOf, registerVerified } from '@moonlight/auth/testing';
import { eraseDueAccounts } from '@moonlight/auth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Operated, operated } from '../testing/operated.ts';

let o: Operated;
beforeAll(async () => {
  o = await operated();
});
afterAll(() => o.close());

const DAY_MS = 86_400_000;
const actor = `cli:${userInfo().username}`;

test('a deletion is planned, shown, audited and mailed, and refused a second time', async () => {
  const { person, user } = await registerVerified(o.t);
  await logIn(o.t, person);
  const before = Date.now();
  const answer = await o.json(`user delete ${person.email} --reason "asked by letter"`);
  expect(answer).toMatchObject({ account: { id: user.id, deletesAt: expect.any(String) }, endedSessions: 1 });
  const shown = await o.json(`user show ${user.id}`);
  const { deletesAt } = Object(shown).account;
  expect(Date.parse(deletesAt) - before).toBeGreaterThanOrEqual(7 * DAY_MS);
  expect(Date.parse(deletesAt) - before).toBeLessThan(7 * DAY_MS + 60_000);
  const day = String(deletesAt).slice(0, 10);
  expect((await o.run(`user list --search ${person.username}`)).out).toContain(`deletion on ${day}`);
  expect(await o.json(`audit list --user ${user.id} --limit 1`)).toMatchObject({
    entries: [{ event: 'deletion_planned', details: { actor, reason: 'asked by letter', sessions: 1 } }],
  });
  expect(await o.t.lastMail('operator-action', person.email)).toMatchObject({ action: 'deletion-planned', deletesAt });
  expect(await o.run(`user delete ${person.email} --reason again`)).toEqual({
    code: 1,
    out: '',
    err: `The deletion of ${person.username} was planned before; nothing was changed.`,
  });
});

test('a planned deletion is cancelled once, and only one that is planned', async () => {
  const { person } = await registerVerified(o.t);
  const restore = () => o.run(`user restore ${person.username} --reason "changed their mind"`);
  const nothing = { code: 1, err: `No deletion of ${person.username} is planned; nothing was changed.` };
  expect(await restore()).toMatchObject(nothing);
  await o.run(`user delete ${person.username} --reason x`);
  expect(await refusalOf(logIn(o.t, person))).toBe('ACCOUNT_DELETION_PENDING');
  expect(await restore()).toMatchObject({ code: 0, out: `The deletion of ${person.username} is cancelled.` });
  expect(await refusalOf(logIn(o.t, person))).toBe('none');
  expect(await restore()).toMatchObject(nothing);
});

test('with ACCOUNT_DELETION_DAYS=0 the next run of the worker erases the account', async () => {
  const { person } = await registerVerified(o.t);
  await o.run(`user delete ${person.username} --reason x`, { ACCOUNT_DELETION_DAYS: '0' });
  expect(await eraseDueAccounts(o.t.deps)).toBe(1);
  const gone = { code: 1, err: 'No account has this email address, username or id.' };
  for (const verb of ['delete', 'restore'])
    expect(await o.run(`user ${verb} ${person.email} --reason x`)).toMatchObject(gone);
});
