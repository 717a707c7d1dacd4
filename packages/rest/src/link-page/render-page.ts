import { createHash } from 'node:crypto';
import type { Locale } from '@moonlight/contracts';
import { type PageKind, pageTexts } from './page-texts.ts';

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

/** Nothing but the page's own style, and a form that posts to where it came from. No script, no frame, no other origin. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** What a document needs beside what every answer carries. */
export const pageHeaders = {
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
  /** Why the link is refused, in the page's language. */
  readonly reason?: string;
}

/** The page behind a verification link: one form with one button while the link is open, else what became of it. */
export const renderPage = ({ kind, locale, appName, frontendUrl, reason }: PageContent): string => {
  const texts = pageTexts[locale];
  const { title, text } = texts[kind];
  const action =
    kind === 'open'
      ? `<form method="post"><button type="submit">${texts.button}</button></form>`
      : `<p><a href="${escape(frontendUrl)}">${escape(texts.goOn(appName))}</a></p>`;
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
