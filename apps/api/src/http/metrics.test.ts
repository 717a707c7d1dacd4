import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const counted = async (labels: string): Promise<number> => {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  const line = page.split('\n').find((each) => each.startsWith(`http_request_duration_seconds_count{${labels}}`));
  return Number(line?.split(' ')[1] ?? 0);
};

test('every answer is counted by route, method and status, and no label contains a URL', async () => {
  const verify = 'method="POST",route="/api/v1/auth/verify/:token",status="400"';
  for (let call = 1; call <= 3; call += 1) {
    await ask('POST', `${server.url}/api/v1/auth/verify/secret-token`, { body: {} });
    await expect.poll(() => counted(verify)).toBe(call);
  }
  await Promise.all(Array.from({ length: 600 }, () => fetch(`${server.url}/health`)));
  await expect.poll(() => counted('method="GET",route="/health",status="200"')).toBe(600);
  await ask('GET', `${server.url}/nowhere/secret-path`);
  await expect.poll(() => counted('method="GET",route="unknown",status="404"')).toBe(1);
  expect(await (await fetch(`${server.url}/metrics`)).text()).not.toContain('secret');
});
