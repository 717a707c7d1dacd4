import { createHash } from 'node:crypto';
import type { Locale, Registration } from '@moonlight/contracts';

export type PageKind = 'open' | 'verified' | 'already_verified' | 'rejected' | 'unusable' | 'failed';

interface PageText {
  readonly title: string;
  readonly text: string;
}

interface PageTexts extends Readonly<Record<PageKind, PageText>> {
  readonly labels: Readonly<Record<'username' | 'time' | 'device' | 'ipAddress' | 'unknown', string>>;
  readonly device: (browser: string, system: string) => string;
  readonly verify: string;
  readonly reject: string;
  readonly continueTo: (appName: string) => string;
  readonly requestLink: string;
}

// The page of the web app with the form that sends the link again (apps/web/src/routing/paths.ts).
const RESEND_PATH = '/check-mail';

/** The texts of the page. */
const pageTexts: Readonly<Record<Locale, PageTexts>> = {
  en: {
    open: {
      title: 'Verify your email',
      text: 'This account was created with your email address. If you created this account, verify your email. If you did not create it, press “This was not me” to remove it; its devices are logged out.',
    },
    verified: { title: 'Your email is verified', text: 'Thank you. You can close this page now.' },
    already_verified: {
      title: 'Already verified',
      text: 'This email is already verified. You don’t need to do anything else.',
    },
    rejected: {
      title: 'Account removed',
      text: 'The account no longer exists, and its devices are logged out. You can create your own account with this email address.',
    },
    failed: {
      title: 'That did not work',
      text: 'Open the link in your email again later.',
    },
    unusable: {
      title: 'This link does not work any more',
      text: 'It has expired, a newer link has replaced it, or the account was removed.',
    },
    labels: {
      username: 'Username',
      time: 'Created on',
      device: 'Device',
      ipAddress: 'IP address',
      unknown: 'unknown',
    },
    device: (browser, system) => `${browser} on ${system}`,
    verify: 'Verify email',
    reject: 'This was not me',
    continueTo: (appName) => `Continue to ${appName}`,
    requestLink: 'Request a new link',
  },
  'zh-CN': {
    open: {
      title: '验证您的邮箱',
      text: '有人使用您的邮箱注册了以下账号。如果此账号由您注册，请验证邮箱；如果不是，请点击“不是我本人”以删除此账号，其登录设备会退出登录。',
    },
    verified: { title: '邮箱已验证', text: '谢谢，现在可以关闭此页面。' },
    already_verified: { title: '此前已验证', text: '此邮箱已验证，无需再做任何操作。' },
    failed: { title: '操作未成功', text: '请稍后重新打开邮件中的链接。' },
    unusable: { title: '此链接已失效', text: '链接已过期、已被更新的链接取代，或账号已删除。' },
    rejected: {
      title: '账号已删除',
      text: '该账号已不存在，其登录设备均已退出登录。您可以使用此邮箱注册自己的账号。',
    },
    labels: { username: '用户名', time: '注册时间', device: '设备', ipAddress: 'IP 地址', unknown: '未知' },
    device: (browser, system) => `${system} 上的 ${browser}`,
    verify: '验证邮箱',
    reject: '不是我本人',
    continueTo: (appName) => `前往 ${appName}`,
    requestLink: '获取新链接',
  },
};

const STYLE = `
:root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f4f4f8;color:#1c1c28}
main{box-sizing:border-box;max-width:28rem;margin:1rem;padding:2rem;border-radius:.75rem;background:#fff}
h1{margin-top:0;font-size:1.5rem;line-height:1.25}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}
dd{margin:0;overflow-wrap:anywhere}
form{display:flex;flex-wrap:wrap;gap:.75rem}
button{font:inherit;padding:.75rem 1.5rem;border:0;border-radius:.5rem;background:#3b3b98;color:#fff;cursor:pointer}
button[formaction]{background:none;color:inherit;box-shadow:inset 0 0 0 1px}
a{color:#3b3b98}
:focus-visible{outline:3px solid #e0a100;outline-offset:3px}
@media(prefers-color-scheme:dark){body{background:#12121c;color:#eeeef6}main{background:#1e1e2e}button:not([formaction]){background:#c3c3ff;color:#12121c}a{color:#c3c3ff}}
`;

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/** Allows the page's own style and a form that posts to this origin. Refuses scripts, frames and other origins. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The page's headers, in addition to those of every answer. */
export const linkPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** What a link that can be used asks its reader to decide. */
export interface OpenLink {
  readonly registration: Registration;
  /** Where “This was not me” posts to, relative to the page. */
  readonly rejectPath: string;
}

interface PageContent {
  readonly kind: PageKind;
  readonly locale: Locale;
  readonly appName: string;
  readonly frontendUrl: string;
  /** For the kind `open`. */
  readonly open?: OpenLink | undefined;
  /** Why the request was refused, in the page's language. */
  readonly reason?: string | undefined;
}

const registrationList = (registration: Registration, locale: Locale): string => {
  const { labels, device } = pageTexts[locale];
  const { username, registeredAt, ip, browser, system } = registration;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const deviceName = browser !== null && system !== null ? device(browser, system) : (browser ?? system);
  const rows = [
    [labels.username, username],
    [labels.time, `${time.format(new Date(registeredAt))} UTC`],
    [labels.device, deviceName ?? labels.unknown],
    [labels.ipAddress, ip ?? labels.unknown],
  ] as const;
  return `<dl>${rows.map(([label, value]) => `<dt>${label}</dt><dd>${escape(value)}</dd>`).join('')}</dl>`;
};

const decision = ({ registration, rejectPath }: OpenLink, locale: Locale): string => {
  const { verify, reject } = pageTexts[locale];
  return `${registrationList(registration, locale)}
<form method="post"><button type="submit">${verify}</button><button type="submit" formaction="${escape(rejectPath)}">${reject}</button></form>`;
};

/**
 * The page of a verification link as HTML: while the link is open, who registered and a form with two buttons; otherwise
 * the link's state.
 */
export const linkPage = ({ kind, locale, appName, frontendUrl, open, reason }: PageContent): string => {
  const texts = pageTexts[locale];
  const { title, text } = texts[kind];
  const link =
    kind === 'unusable'
      ? { url: `${frontendUrl}${RESEND_PATH}`, label: texts.requestLink }
      : { url: frontendUrl, label: texts.continueTo(appName) };
  const action =
    open === undefined ? `<p><a href="${escape(link.url)}">${escape(link.label)}</a></p>` : decision(open, locale);
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${escape(appName)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${reason === undefined ? '' : `<p><strong>${escape(reason)}</strong></p>\n`}<p>${text}</p>
${action}
</main>
</body>
</html>
`;
};
