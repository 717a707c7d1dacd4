import { createHash } from 'node:crypto';
import type { Locale } from '@moonlight/contracts';

export type PageKind = 'open' | 'verified' | 'already_verified' | 'failed';

interface PageText {
  readonly title: string;
  readonly text: string;
}

interface PageTexts extends Readonly<Record<PageKind, PageText>> {
  readonly button: string;
  readonly continueTo: (appName: string) => string;
}

/** The texts of the page. */
const pageTexts: Readonly<Record<Locale, PageTexts>> = {
  en: {
    open: {
      title: 'Verify your email address',
      text: 'Press the button to verify that this email address is yours. If you did not request this, close the page: nothing will change.',
    },
    verified: { title: 'Email address verified', text: 'Thank you. You can close this page now.' },
    already_verified: {
      title: 'Already verified',
      text: 'This email address has already been verified. You need not do anything else.',
    },
    failed: {
      title: 'Verification failed',
      text: 'Log in and request a new link. Only the newest link is valid, and it expires soon.',
    },
    button: 'Verify email address',
    continueTo: (appName) => `Continue to ${appName}`,
  },
  'zh-CN': {
    open: {
      title: '验证您的邮箱',
      text: '点击下方按钮，验证该邮箱归您所有。如果这不是您本人的操作，请直接关闭此页面。',
    },
    verified: { title: '邮箱验证成功', text: '谢谢，现在可以关闭此页面。' },
    already_verified: { title: '邮箱已验证', text: '该邮箱此前已完成验证，无需再次操作。' },
    failed: { title: '操作未成功', text: '请登录后重新获取链接；只有最新的链接有效，且有效期很短。' },
    button: '验证邮箱',
    continueTo: (appName) => `前往 ${appName}`,
  },
};

const STYLE = `
:root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f4f4f8;color:#1c1c28}
main{box-sizing:border-box;max-width:28rem;margin:1rem;padding:2rem;border-radius:.75rem;background:#fff}
h1{margin-top:0;font-size:1.5rem;line-height:1.25}
button{font:inherit;padding:.75rem 1.5rem;border:0;border-radius:.5rem;background:#3b3b98;color:#fff;cursor:pointer}
a{color:#3b3b98}
:focus-visible{outline:3px solid #e0a100;outline-offset:3px}
@media(prefers-color-scheme:dark){body{background:#12121c;color:#eeeef6}main{background:#1e1e2e}button{background:#c3c3ff;color:#12121c}a{color:#c3c3ff}}
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

interface PageContent {
  readonly kind: PageKind;
  readonly locale: Locale;
  readonly appName: string;
  readonly frontendUrl: string;
  /** Why the link was refused, in the page's language. */
  readonly reason?: string;
}

/** The page of a verification link as HTML: a form with one button while the link is open, otherwise the link's state. */
export const linkPage = ({ kind, locale, appName, frontendUrl, reason }: PageContent): string => {
  const texts = pageTexts[locale];
  const { title, text } = texts[kind];
  const action =
    kind === 'open'
      ? `<form method="post"><button type="submit">${texts.button}</button></form>`
      : `<p><a href="${escape(frontendUrl)}">${escape(texts.continueTo(appName))}</a></p>`;
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
