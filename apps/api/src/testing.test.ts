import { expect, test } from 'vitest';
import { createTestClock, startTestServer } from './testing.ts';

test('a test server has a database, a port, an issuer and an outbox of its own, and closes completely', async () => {
  const clock = createTestClock(new Date('2026-11-20T12:00:00Z'));
  const server = await startTestServer({ env: { APP_NAME: 'Test Moon' }, overrides: { clock } });
  const email = 'Alice@example.com';
  const answer = await fetch(`${server.url}/trpc/auth.register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, username: 'alice', password: 'a long and quiet night' }),
  });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ result: { data: { user: { createdAt: '2026-11-20T12:00:00.000Z' } } } });
  const mail = await server.lastMail('verification-link', email);
  expect(mail.url).toMatch(/\/verify-email\?token=[\w-]{43}$/);
  expect(server.deps.settings.tokens.issuer).toBe(server.url);

  await server.close();
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});
