import { describe, expect, test } from 'vitest';
import { renderMail } from './render-mail.tsx';
import { linksOf, sampleMails, secretsOf } from './testing/sample-mails.ts';

const appName = 'Moonlight';
const unescape = (html: string): string =>
  html
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const hrefsOf = (html: string): string[] =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => unescape(href ?? ''));
const visible = (html: string): string =>
  unescape(html.replaceAll(/<(style|title)>.*?<\/\1>|<!--.*?-->|<[^>]*>/gs, '  '));

describe.each(sampleMails.map((mail) => [`${mail.kind} in ${mail.locale}`, mail] as const))('%s', (_name, mail) => {
  test('names the app, and has no secret in its subject', () => {
    const { subject, html, text } = renderMail(mail, { appName });
    for (const part of [subject, html, text]) expect(part).toContain(appName);
    for (const secret of secretsOf(mail)) expect(subject).not.toContain(secret);
    expect(subject).not.toMatch(/\d/);
  });

  test('shows its links and codes in HTML and in text, and no other link', () => {
    const { html, text } = renderMail(mail, { appName });
    for (const secret of [...secretsOf(mail), ...linksOf(mail)]) {
      expect(text).toContain(secret);
      expect(visible(html)).toContain(secret);
    }
    expect(new Set(hrefsOf(html))).toEqual(new Set(linksOf(mail)));
    expect(text.match(/https?:\S+/g) ?? []).toEqual(linksOf(mail));
  });

  test('says in both parts how long its link or code is valid', () => {
    if (!('expiresInMinutes' in mail)) return;
    const { html, text } = renderMail(mail, { appName });
    const english = mail.expiresInMinutes === 1 ? 'minute' : 'minutes';
    const unit = mail.locale === 'en' ? english : '分钟';
    for (const part of [html, text]) expect(part).toMatch(new RegExp(`[^0-9]${mail.expiresInMinutes} ${unit}(?!s)`));
  });

  test('is in one language only, and marked with it for screen readers', () => {
    const { subject, html, text } = renderMail(mail, { appName });
    expect(new Set([...html.matchAll(/ lang="([^"]*)"/g)].map(([, lang]) => lang))).toEqual(new Set([mail.locale]));
    expect(html).toContain('dir="ltr"');
    const foreign = mail.locale === 'en' ? /\p{Script=Han}/u : /\b(the|your|you|and|for)\b/i;
    for (const part of [subject, visible(html), text]) expect(part).not.toMatch(foreign);
  });

  test('loads nothing and runs no script', () => {
    const { html } = renderMail(mail, { appName });
    expect(html).not.toMatch(/<(img|script|iframe|object|link|form)\b|url\(|@import|\bsrc=|\son\w+=/i);
  });

  test('has no missing variable', () => {
    const { subject, html, text } = renderMail(mail, { appName });
    for (const part of [subject, html, text]) expect(part).not.toMatch(/[\uE000\uE001]|undefined|\[object/);
  });

  test('has the same sentences in text as in HTML', () => {
    const { html, text } = renderMail(mail, { appName });
    const sentences = visible(html.replaceAll(/<span data-skip-in-text.*?<\/span>/gs, '')).split(/\s{2,}/);
    for (const sentence of sentences) expect(text).toContain(sentence.trim());
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
  test.each(hostileNames)('%j becomes no markup, no link and no new line', (username) => {
    const mail = { kind: 'password-changed', to: 'a@example.com', locale, at: '2026-11-20T09:05:00Z' } as const;
    const plain = renderMail({ ...mail, username: 'alice' }, { appName });
    const { html, text } = renderMail({ ...mail, username }, { appName });
    expect(hrefsOf(html)).toEqual([]);
    expect(html.match(/<[a-z]+/g)).toEqual(plain.html.match(/<[a-z]+/g));
    for (const part of [html.replaceAll(/<(title|style)>.*?<\/\1>|<[^>]*>/gs, ''), text]) {
      expect(part).not.toMatch(/evil\.example|https?:|@|[\u202A-\u202E\u2066-\u2069\u200B\uE000\uE001]/);
    }
    expect(text.split('\n')).toHaveLength(plain.text.split('\n').length);
    expect(text.length).toBeLessThan(plain.text.length + 30);
  });
});

test('a user agent is shown as known names only, an IP address only when it is valid', () => {
  const mail = {
    kind: 'refresh-token-reuse-alert',
    to: 'a@example.com',
    locale: 'en',
    at: '2026-11-20T09:05:00Z',
  } as const;
  const userAgent = 'Chrome/1 Windows <b>Call us: https://evil.example</b>';
  const known = renderMail({ ...mail, userAgent, ip: '<b>192.0.2.1</b>' }, { appName });
  expect(known.text).toContain('Used by: Chrome on Windows\nIP address: unknown');
  expect(known.html).not.toContain('evil.example');
  const unknown = renderMail({ ...mail, userAgent: 'https://evil.example', ip: '192.0.2.1' }, { appName });
  expect(unknown.text).toContain('Used by: unknown\nIP address: 192.0.2.1');
  const nothing = renderMail(mail, { appName });
  expect(nothing.text).toContain('Used by: unknown\nIP address: unknown');
});

test.each([
  [
    'en',
    'Username: alice\nCreated on: November 20, 2026 at 9:05 AM UTC\nDevice: Firefox on Windows\nIP address: 2001:db8::7',
  ],
  ['zh-CN', '用户名：alice\n注册时间：2026年11月20日 09:05 UTC\n设备：Windows 上的 Firefox\nIP 地址：2001:db8::7'],
] as const)('the mail that verifies an email says who registered, in %s', (locale, facts) => {
  const mail = sampleMails.find((sample) => sample.kind === 'verification-link' && sample.locale === locale);
  if (mail === undefined) throw new Error('no sample');
  const { html, text } = renderMail(mail, { appName });
  expect(text).toContain(facts);
  expect(visible(html)).toContain(locale === 'en' ? 'This was not me' : '不是我本人');
});

test.each([
  ['en', 'Your password was changed: 21 times, most recently on November', 'so its session was ended: on November'],
  ['zh-CN', '密码被修改：21 次，最近一次是 2026', '相应的登录已结束：2026'],
] as const)('merged notices name a number only if there are several, in %s', (locale, several, one) => {
  const mail = sampleMails.find((sample) => sample.kind === 'security-notices' && sample.locale === locale);
  if (mail === undefined) throw new Error('no sample');
  const { text } = renderMail(mail, { appName });
  expect(text).toContain(several);
  expect(text).toContain(one);
});

test('an app name that looks like markup is shown as text', () => {
  const [mail] = sampleMails;
  if (mail === undefined) throw new Error('no sample');
  const { html, text } = renderMail(mail, { appName: 'Ben & <Jerry>' });
  expect(html).toContain('Ben &amp; &lt;Jerry&gt;');
  expect(text).toContain('Ben & <Jerry>');
});

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [`${windows} ${webkit} Chrome/126.0.0.0 Safari/537.36`, 'Chrome on Windows', 'Windows 上的 Chrome'],
  [
    `${windows} ${webkit} Chrome/126.0.0.0 Safari/537.36 Edg/126.0`,
    'Microsoft Edge on Windows',
    'Windows 上的 Microsoft Edge',
  ],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0.0.0 Safari/537.36 OPR/111.0`,
    'Opera on Linux',
    'Linux 上的 Opera',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${webkit} Chrome/126.0 Mobile Safari/537.36`,
    'Chrome on Android',
    'Android 上的 Chrome',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${webkit} Version/17.5 Mobile/15E148 Safari/604.1`,
    'Safari on iPhone',
    'iPhone 上的 Safari',
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${webkit} Version/17.5 Mobile/15E148 Safari/604.1`,
    'Safari on iPad',
    'iPad 上的 Safari',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) ${webkit} Version/17.4.1 Safari/605.1.15`,
    'Safari on macOS',
    'macOS 上的 Safari',
  ],
  ['curl/8.5.0', 'curl', 'curl'],
  ['Windows evil.example/1 (x)', 'Windows', 'Windows'],
  ['evil.example/1 (x)', 'unknown', '未知'],
  ['toString', 'unknown', '未知'],
  [' ', 'unknown', '未知'],
  ['', 'unknown', '未知'],
])('the user agent %j is shown as %j', (userAgent, english, chinese) => {
  const mail = {
    kind: 'refresh-token-reuse-alert',
    to: 'a@example.com',
    at: '2026-11-20T09:05:00Z',
    userAgent,
  } as const;
  const inEnglish = renderMail({ ...mail, locale: 'en' }, { appName });
  expect(inEnglish.text).toContain(`Used by: ${english}\n`);
  const inChinese = renderMail({ ...mail, locale: 'zh-CN' }, { appName });
  expect(inChinese.text).toContain(`使用设备：${chinese}\n`);
});
