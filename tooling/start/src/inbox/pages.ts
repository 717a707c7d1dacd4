import type { Message } from './mailbox.ts';
import { REFUSALS } from './smtp-listener.ts';

/** Readable in light and dark mode, with targets that are large enough and a visible focus. */
const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
ol { list-style: none; padding: 0; }
ol li { border-top: 1px solid GrayText; padding: .75rem 0; overflow-wrap: anywhere; }
ol a { font-weight: 600; }
ol p { margin: 0; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
iframe { width: 100%; height: 32rem; border: 1px solid GrayText; background: white; color-scheme: light; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid GrayText; padding: 1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
`;

/** Announces the next mail. It does not reload the page, which would interrupt the reader. */
const WATCH = `
const news = document.getElementById('news');
const watch = async () => {
  const answer = await fetch('/api/messages?wait=60&after=' + news.dataset.last);
  const { messages } = await answer.json();
  if (messages.length === 0) return watch();
  const link = document.createElement('a');
  link.href = '/';
  link.textContent = 'New mail has arrived: show it';
  news.replaceChildren(link);
};
watch().catch(() => { news.textContent = 'The inbox no longer answers.'; });
`;

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

const refusals = REFUSALS.map(
  ({ prefix, code, reason }) => `<li><code>${prefix}…@</code> ${reason} (${code}).</li>`,
).join('');

/** All mails, newest first. A small script announces the next one. */
export const listPage = (messages: readonly Message[]): string => {
  const last = messages.at(-1)?.id ?? '0';
  const rows = messages.toReversed().map(row).join('');
  const list = rows === '' ? '<p>No mail yet.</p>' : `<ol reversed>${rows}</ol>`;
  return page(
    `Inbox (${messages.length})`,
    `<header><h1>Inbox</h1><p id="news" role="status" data-last="${last}"></p></header>
<main>${list}</main>
<footer><h2>Addresses that are refused</h2><ul>${refusals}</ul>
<p>Programs read <code>GET /api/messages?to=…&amp;wait=30&amp;after=…</code>, <code>GET /api/messages/1</code>
and empty the inbox by <code>DELETE /api/messages</code>. The last 1,000 mails are kept, in memory only.</p></footer>
<script>${WATCH}</script>`,
  );
};

const field = (name: string, value: string): string => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`;

/** One mail: its HTML, its text and its headers. */
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

/** The mail's HTML for the frame. Its links open in a new tab instead of inside the frame. */
export const framedHtml = ({ html }: Message): string => {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html;
};

export const notFoundPage = (): string =>
  page('Not found', '<main><h1>Not found</h1><p>There is no such mail. <a href="/">Inbox</a></p></main>');
