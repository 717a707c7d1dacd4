import { deleteAccount } from '@moonlight/auth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, createAccount, mutate, PASSWORD, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' } });
});
afterAll(() => server.close());

test('a login to an account whose deletion is planned is refused with its time in both APIs and languages', async () => {
  const { email } = await createAccount(server.url);
  const operation = { who: email, operator: { actor: 'cli:root', reason: 'asked by letter' } };
  const { account } = await deleteAccount(server.deps, operation);
  const deletesAt = account.deletesAt?.toISOString();
  const input = { email, password: PASSWORD };
  const trpc = await mutate(server.url, 'auth.login', { input });
  expect(trpc.status).toBe(403);
  expect(trpc.error).toMatchObject({
    message: 'This account will be deleted',
    data: { error: 'ACCOUNT_DELETION_PENDING', deletesAt },
  });
  const headers = { 'accept-language': 'zh-CN' };
  const rest = await ask('POST', `${server.url}/api/v1/auth/login`, { body: input, headers });
  expect([rest.status, rest.body]).toEqual([
    403,
    {
      code: 403,
      message: '该账号即将被删除',
      error: 'ACCOUNT_DELETION_PENDING',
      request_id: expect.any(String),
      deletes_at: deletesAt,
    },
  ]);
  const wrong = await mutate(server.url, 'auth.login', { input: { email, password: 'not the password' } });
  expect(wrong.error?.data).toMatchObject({ error: 'INVALID_CREDENTIALS' });
  expect(wrong.error?.data).not.toHaveProperty('deletesAt');
});
