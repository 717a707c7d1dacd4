import { describe, expect, test } from 'vitest';
import { renderMail } from './render-mail.ts';
import { linksOf, sampleMails, secretsOf } from './testing/sample-mails.ts';

const appName = 'Moonlight';
const unescape = (html: string): string => html.replaceAll('&amp;', '&');
const hrefsOf = (html: string): string[] =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => unescape(href ?? ''));
const visible = (html: string): string =>
  unescape(html.replaceAll(/<(style|title)>.*?<\/\1>|<!--.*?-->|<[^>]*>/gs, '  '));

describe.each(sampleMails.map((mail) => [`${mail.kind} in ${mail.locale}`, mail] as const))('%s', (_name, mail) => {
  test('names the app, and keeps every secret out of the subject', async () => {
    const { subject, html, text } = await renderMail(mail, { appName });
    for (const part of [subject, html, text]) expect(part).toContain(appName);
    for (const secret of secretsOf(mail)) expect(subject).not.toContain(secret);
    expect(subject).not.toMatch(/\d/);
  });

  test('shows its links and codes in HTML and in text, and no other link', async () => {
    const { html, text } = await renderMail(mail, { appName });
    for (const secret of [...secretsOf(mail), ...linksOf(mail)]) {
      expect(text).toContain(secret);
      expect(visible(html)).toContain(secret);
    }
    expect(new Set(hrefsOf(html))).toEqual(new Set(linksOf(mail)));
    expect(text.match(/https?:\S+/g) ?? []).toEqual(linksOf(mail));
  });

  test('says in both parts how long it lives', async () => {
    if (!('expiresInMinutes' in mail)) return;
    const { html, text } = await renderMail(mail, { appName });
    const english = mail.expiresInMinutes === 1 ? 'minute' : 'minutes';
    const unit = mail.locale === 'en' ? english : '分钟';
    for (const part of [html, text]) expect(part).toMatch(new RegExp(`[^0-9]${mail.expiresInMinutes} ${unit}(?!s)`));
  });

  test('is in its language throughout, for screen readers too', async () => {
    const { subject, html, text } = await renderMail(mail, { appName });
    expect(new Set([...html.matchAll(/ lang="([^"]*)"/g)].map(([, lang]) => lang))).toEqual(new Set([mail.locale]));
    expect(html).toContain('dir="ltr"');
    const foreign = mail.locale === 'en' ? /\p{Script=Han}/u : /\b(the|your|you|and|for)\b/i;
    for (const part of [subject, visible(html), text]) expect(part).not.toMatch(foreign);
  });

  test('loads nothing from anywhere and runs nothing', async () => {
    const { html } = await renderMail(mail, { appName });
    expect(html).not.toMatch(/<(img|script|iframe|object|link|form)\b|url\(|@import|\bsrc=|\son\w+=/i);
  });

  test('leaves no blank empty and no trace of how it was made', async () => {
    const { subject, html, text } = await renderMail(mail, { appName });
    for (const part of [subject, html, text]) expect(part).not.toMatch(/[\uE000\uE001]|undefined|\[object/);
  });

  test('says in its text part all that its HTML says', async () => {
    const { html, text } = await renderMail(mail, { appName });
    const spoken = visible(html.replaceAll(/<span data-skip-in-text.*?<\/span>/gs, '')).split(/\s{2,}/);
    for (const sentence of spoken) expect(text).toContain(sentence.trim());
  });
});

const hostileNames = [
  '<script>alert(1)</script>',
  '"><a href="https://evil.example">click</a>',
  '[reset here](https://evil.example)',
  'https://evil.example/reset-password?token=1',
  'evil.example',
  'mallory@evil.example',
  'bob\r\n\r\nVisit https://evil.example now',
  '\u202Eelpmaxe.live\u202C',
  '\u2066hidden\u2069\u200B\u200D\uFEFF',
  '\uE000url\uE001',
  '&lt;b&gt;',
  'ÅÅ'.repeat(50_000),
  '\u0000',
];

describe.each(['en', 'zh-CN'] as const)('a hostile name in %s', (locale) => {
  test.each(hostileNames)('%j becomes neither markup nor a link nor a new line', async (username) => {
    const mail = { kind: 'password-changed', to: 'a@example.com', locale, at: '2026-11-20T09:05:00Z' } as const;
    const plain = await renderMail({ ...mail, username: 'alice' }, { appName });
    const { html, text } = await renderMail({ ...mail, username }, { appName });
    expect(hrefsOf(html)).toEqual([]);
    expect(html.match(/<[a-z]+/g)).toEqual(plain.html.match(/<[a-z]+/g));
    for (const part of [html.replaceAll(/<(title|style)>.*?<\/\1>|<[^>]*>/gs, ''), text]) {
      expect(part).not.toMatch(/evil\.example|https?:|@|[\u202A-\u202E\u2066-\u2069\u200B\uE000\uE001]/);
    }
    expect(text.split('\n')).toHaveLength(plain.text.split('\n').length);
    expect(text.length).toBeLessThan(plain.text.length + 30);
  });
});

test('a user agent shows as known names only, and an address only when it is one', async () => {
  const mail = {
    kind: 'refresh-token-reuse-alert',
    to: 'a@example.com',
    locale: 'en',
    at: '2026-11-20T09:05:00Z',
  } as const;
  const userAgent = 'Chrome/1 Windows <b>Call us: https://evil.example</b>';
  const known = await renderMail({ ...mail, userAgent, ip: '<b>192.0.2.1</b>' }, { appName });
  expect(known.text).toContain('Used by: Chrome on Windows\nIP address: unknown');
  expect(known.html).not.toContain('evil.example');
  const unknown = await renderMail({ ...mail, userAgent: 'https://evil.example', ip: '192.0.2.1' }, { appName });
  expect(unknown.text).toContain('Used by: unknown\nIP address: 192.0.2.1');
  const nothing = await renderMail(mail, { appName });
  expect(nothing.text).toContain('Used by: unknown\nIP address: unknown');
});

test("an app's name that looks like markup is text", async () => {
  const [mail] = sampleMails;
  if (mail === undefined) throw new Error('no sample');
  const { html, text } = await renderMail(mail, { appName: 'Ben & <Jerry>' });
  expect(html).toContain('Ben &amp; &lt;Jerry&gt;');
  expect(text).toContain('Ben & <Jerry>');
});
