import { escapeHtml } from '../blanks.ts';
import type { RenderedMail } from '../render-mail.ts';
import { LOOKS } from './photograph-mail.ts';

/** A mail as it was rendered, and what its pictures are called. */
export interface SheetEntry extends RenderedMail {
  readonly name: string;
}

const figureOf = ({ name, subject, text }: SheetEntry): string => {
  const pictures = LOOKS.map(({ look }) => `<img src="${name}-${look}.png" alt="${name}, ${look}">`);
  return `<figure>
    <figcaption><b>${escapeHtml(subject)}</b> ${name}</figcaption>
    <div>${pictures.join('')}<pre>${escapeHtml(text)}</pre></div>
  </figure>`;
};

/** One page with every given mail on it, its pictures beside its plain text, for a person to look at. */
export const renderContactSheet = (mails: readonly SheetEntry[], appName: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>All mails of ${escapeHtml(appName)}</title>
<style>
  body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; }
  figure { margin: 0 0 32px; } figcaption { margin: 0 0 8px; }
  div { align-items: start; display: flex; gap: 16px; overflow-x: auto; } img { border: 1px solid #8888; height: 480px; }
  pre { flex: 1 0 360px; margin: 0; max-width: 480px; overflow-wrap: anywhere; white-space: pre-wrap; }
</style>
<h1>All mails of ${escapeHtml(appName)}</h1>
${mails.map(figureOf).join('\n')}
</html>`;
