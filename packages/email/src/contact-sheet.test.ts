import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMail } from './render-mail.ts';
import { launchChromium } from './testing/launch-chromium.ts';
import { photographMail } from './testing/photograph-mail.ts';
import { renderContactSheet } from './testing/render-contact-sheet.ts';
import { sampleMails } from './testing/sample-mails.ts';

const appName = 'Moonlight';
const folder = join(import.meta.dirname, '..', '.contact-sheet');
const samples = sampleMails.map((mail) => ({ name: `${mail.kind}-${mail.locale}`, mail }));

let page: Page;
beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  page = await (await launchChromium(process.env['PATH'] ?? '')).newPage();
});
afterAll(() => page.context().browser()?.close());

test.each(samples)(
  '$name asks nobody for anything, and fits a desk and a phone, by day and by night',
  async (sample) => {
    const { html } = await renderMail(sample.mail, { appName });
    expect(await photographMail(page, join(folder, sample.name), html)).toEqual([]);
  },
);

test('a contact sheet shows the pictures of every mail in every language', async () => {
  const entries = samples.map(async ({ name, mail }) => ({ name, ...(await renderMail(mail, { appName })) }));
  const sheet = renderContactSheet(await Promise.all(entries), appName);
  expect(sheet.match(/<figure>/g)).toHaveLength(sampleMails.length);
  await writeFile(join(folder, 'index.html'), sheet);
});
