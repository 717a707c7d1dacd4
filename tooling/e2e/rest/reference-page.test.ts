import { startTestServer, type TestServer } from '@moonlight/api/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../browser/launch-chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Opens the reference; records the requests of the page and its errors and warnings. */
const watch = async (server: TestServer) => {
  const page = await browser.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  await page.goto(`${server.url}/docs`);
  return { page, requests, problems };
};

test('the reference can send a test request, and the page sends requests only to our server', async () => {
  const server = await startTestServer();
  const { page, requests, problems } = await watch(server);
  await page.getByRole('button', { name: /Test Request.*register/ }).click();
  await page.getByRole('button', { name: 'Send' }).first().click();
  await page.getByText('user created, verification email sent').first().waitFor();
  expect(requests).toContain(`${server.url}/api/v1/auth/register`);
  expect(requests.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
  await server.close();
});

test('with DOCS=off there is neither a reference nor openapi.json', async () => {
  const server = await startTestServer({ env: { DOCS: 'off' } });
  const answers = await Promise.all(
    ['/docs', '/docs/reference.js', '/openapi.json'].map((path) => fetch(server.url + path)),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  await server.close();
});
