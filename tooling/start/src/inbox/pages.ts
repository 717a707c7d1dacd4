import type { Message } from './message.ts';
import { BEHAVIOURS } from './recipient-behaviour.ts';
import { STYLE, WATCH } from './page-assets.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>`;

const row = ({ id, from, to, subject, receivedAt }: Message): string => `<li>
<a href="/messages/${id}">${escapeHtml(subject || '(no subject)')}</a>
<p>To ${escapeHtml(to.join(', '))} · from ${escapeHtml(from)} · <time datetime="${receivedAt}">${receivedAt}</time></p>
</li>`;

const misbehaving = BEHAVIOURS.map(
  ({ prefix, code, says }) => `<li><code>${prefix}…@</code> ${says} (${code}).</li>`,
).join('');

/** All mails, newest first. A small script says when another one has come. */
export const listPage = (messages: readonly Message[]): string => {
  const last = messages.at(-1)?.id ?? '0';
  const rows = messages.toReversed().map(row).join('');
  const list = rows === '' ? '<p>No mail yet.</p>' : `<ol reversed>${rows}</ol>`;
  return page(
    `Inbox (${messages.length})`,
    `<header><h1>Inbox</h1><p id="news" role="status" data-last="${last}"></p></header>
<main>${list}</main>
<footer><h2>Addresses that misbehave</h2><ul>${misbehaving}</ul>
<p>Programs read <code>GET /api/messages?to=…&amp;wait=30&amp;after=…</code>, <code>GET /api/messages/1</code>
and empty the inbox by <code>DELETE /api/messages</code>. Mails are kept in memory only, the last 1,000 of them.</p></footer>
<script>${WATCH}</script>`,
  );
};

const field = (name: string, value: string): string => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`;

/** One mail: what it looks like, what it reads like, and its headers. */
export const messagePage = (message: Message): string => {
  const { id, from, to, subject, text, html, headers, receivedAt } = message;
  const framed = `<iframe title="The mail as HTML" src="/messages/${id}/html"
 sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
  const rows = Object.entries(headers).map(([name, value]) => field(escapeHtml(name), value));
  return page(
    subject || '(no subject)',
    `<header><nav><a href="/">← Inbox</a></nav><h1>${escapeHtml(subject || '(no subject)')}</h1>
<dl>${field('From', from)}${field('To', to.join(', '))}${field('Received', receivedAt)}</dl></header>
<main>
<section><h2>HTML</h2>${html === '' ? '<p>This mail has no HTML part.</p>' : framed}</section>
<section><h2>Text</h2>${text === '' ? '<p>This mail has no text part.</p>' : `<pre tabindex="0">${escapeHtml(text)}</pre>`}</section>
<details><summary>Headers</summary><dl>${rows.join('')}</dl></details>
</main>`,
  );
};

/** The mail's own HTML for the frame; its links open beside the inbox, not inside the frame. */
export const framedHtml = ({ html }: Message): string => {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html;
};

export const notFoundPage = (): string =>
  page('Not found', '<main><h1>Not found</h1><p>There is no such mail. <a href="/">Inbox</a></p></main>');
