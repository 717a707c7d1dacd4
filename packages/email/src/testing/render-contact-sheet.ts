import type { Mail } from '@moonlight/auth';
import { escapeHtml } from '../blanks.ts';
import { renderMail } from '../render-mail.ts';

const figureOf = async (mail: Mail, appName: string): Promise<string> => {
  const { subject, html, text } = await renderMail(mail, { appName });
  return `<figure lang="${mail.locale}">
    <figcaption><b>${escapeHtml(subject)}</b> ${mail.kind}, ${mail.locale}</figcaption>
    <div><iframe title="${mail.kind}, ${mail.locale}" sandbox srcdoc="${escapeHtml(html)}"></iframe>
    <pre>${escapeHtml(text)}</pre></div>
  </figure>`;
};

/** One page with every given mail on it, HTML beside text, for a person to look at. */
export const renderContactSheet = async (mails: readonly Mail[], appName: string): Promise<string> => {
  const figures = await Promise.all(mails.map((mail) => figureOf(mail, appName)));
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>All mails of ${escapeHtml(appName)}</title>
<style>
  body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; }
  figure { margin: 0 0 32px; } figcaption { margin: 0 0 8px; }
  div { display: flex; gap: 24px; } iframe { border: 1px solid #8888; height: 640px; width: 600px; }
  pre { flex: 1; margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
</style>
<h1>All mails of ${escapeHtml(appName)}</h1>
${figures.join('\n')}
</html>`;
};
