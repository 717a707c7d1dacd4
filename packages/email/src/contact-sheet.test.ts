import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMail } from './render-mail.tsx';
import { launchChromium, photographMail, renderContactSheet } from './testing/contact-sheet.tsx';
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
  '$name sends no network request and fits desktop and phone, in light and dark theme',
  async (sample) => {
    const { html } = renderMail(sample.mail, { appName });
    expect(await photographMail(page, join(folder, sample.name), html)).toEqual([]);
  },
);

test('a contact sheet shows the screenshots of every mail in every language', async () => {
  const sheet = renderContactSheet(
    samples.map(({ name, mail }) => ({ name, ...renderMail(mail, { appName }) })),
    appName,
  );
  expect(sheet.match(/<figure>/g)).toHaveLength(sampleMails.length);
  await writeFile(join(folder, 'index.html'), sheet);
});
