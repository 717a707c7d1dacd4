import { startTestServer, type TestServer } from '@moonlight/api/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../browser/launch-chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Everything a page asked for, and everything it complained about. */
const watch = async (server: TestServer) => {
  const page = await browser.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(`${server.url}/docs`);
  return { page, asked, complaints };
};

test('people browse the reference and try it, and nothing is asked of anybody but us', async () => {
  const server = await startTestServer();
  const { page, asked, complaints } = await watch(server);
  await page.getByRole('button', { name: /Test Request.*register/ }).click();
  await page.getByRole('button', { name: 'Send' }).first().click();
  await page.getByText('user created, verification email sent').first().waitFor();
  expect(asked).toContain(`${server.url}/api/v1/auth/register`);
  expect(asked.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
  await server.close();
});

test('there is no reference where DOCS is off, and the description stays', async () => {
  const server = await startTestServer({ env: { DOCS: 'off' } });
  const answers = await Promise.all(
    ['/docs', '/docs/reference.js', '/openapi.json'].map((path) => fetch(server.url + path)),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 200]);
  await server.close();
});
