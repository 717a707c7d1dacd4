import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, registerAndLogIn } from '../src/people.ts';
import { restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const refresh = (refreshToken: string) =>
  createMoonlightClient({ url: stack.url }).auth.refresh.mutate({ refreshToken });
const profileWith = (token: string) => restOf(stack.url)('GET /api/v1/auth/profile', undefined, { token });
const refusedAs = (error: string) => ({ data: { error } });

/** Somebody who has refreshed twice, a moment ago. */
const threeGenerations = async () => {
  const { client, email, store } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
  const { id } = await client.account.profile.query();
  const grandparent = (await store.get())!;
  const parent = await refresh(grandparent.refreshToken);
  const child = await refresh(parent.refreshToken);
  return { id, email, grandparent, parent, child };
};

test('a grandparent token is theft: the session ends at once and its owner is told by mail', async () => {
  const { id, email, grandparent, parent, child } = await threeGenerations();
  const elsewhere = createMoonlightClient({ url: stack.url });
  await elsewhere.auth.login.mutate({ email, password });

  await expect(refresh(grandparent.refreshToken)).rejects.toMatchObject({
    message: 'Refresh token reused',
    ...refusedAs('REFRESH_TOKEN_REUSED'),
  });
  for (const token of [grandparent.accessToken, parent.accessToken, child.accessToken])
    expect(await profileWith(token)).toMatchObject({ status: 401, body: { error: 'TOKEN_INVALID' } });
  for (const { refreshToken } of [child, parent, grandparent])
    await expect(refresh(refreshToken)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));

  const notice = await stack.mailbox.next(email);
  expect(notice.subject).toBe('A session of your account at Moonlight was ended');
  expect(notice.text).toContain('IP address: 127.0.0.1');
  expect(await elsewhere.account.profile.query()).toMatchObject({ email });
  const audited = 'select event, ip from audit_log where user_id = $1 and event = $2';
  expect(await stack.sql.query(audited, [id, 'refresh_reused'])).toEqual([
    { event: 'refresh_reused', ip: '127.0.0.1' },
  ]);
});

test('the token before the newest one: within ten seconds the same successor, afterwards theft', async () => {
  const { email, parent, child } = await threeGenerations();
  await stack.sql.passTime(4);
  const again = await refresh(parent.refreshToken);
  expect(again.refreshToken).toBe(child.refreshToken);
  expect((await profileWith(again.accessToken)).status).toBe(200);

  await stack.sql.passTime(6);
  await expect(refresh(parent.refreshToken)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_REUSED'));
  expect((await profileWith(child.accessToken)).status).toBe(401);
  expect(await stack.mailbox.next(email)).toMatchObject({
    subject: 'A session of your account at Moonlight was ended',
  });
});

test('twenty thieves at once: one end, one mail', async () => {
  const { email, grandparent } = await threeGenerations();
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(grandparent.refreshToken)));
  const codes = answers.map((answer) => answer.status === 'rejected' && answer.reason.data.error);
  expect(codes.filter((code) => code === 'REFRESH_TOKEN_REUSED')).toHaveLength(1);
  expect(codes.filter((code) => code === 'REFRESH_TOKEN_INVALID')).toHaveLength(19);
  await stack.mailsSettled();
  expect(await stack.mailbox.here(email)).toHaveLength(2);
});

test('a forged token ends nothing', async () => {
  const { child } = await threeGenerations();
  const forged = `${child.refreshToken.slice(0, -4)}${child.refreshToken.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  for (const token of [forged, 'garbage', child.accessToken.slice(0, 500)])
    await expect(refresh(token)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect((await profileWith(child.accessToken)).status).toBe(200);
  expect((await refresh(child.refreshToken)).refreshToken).not.toBe(child.refreshToken);
});
