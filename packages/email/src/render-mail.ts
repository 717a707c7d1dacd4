import type { Mail } from '@moonlight/auth';
import { escapeHtml, fillBlanks } from './blanks.ts';
import { fillingsOf } from './fillings-of.ts';
import { renderTemplate } from './render-template.tsx';
import { wordsOf } from './words/words-of.ts';

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/**
 * A mail in its reader's language: subject, HTML and a complete plain text. The subject holds no secret, the HTML loads
 * nothing, and what a stranger may have chosen (a username, a user agent) can neither become markup nor a link.
 */
export const renderMail = async (mail: Mail, { appName }: { readonly appName: string }): Promise<RenderedMail> => {
  const { subject, html, text } = await renderTemplate({ kind: mail.kind, locale: mail.locale, app: appName });
  const fillings = fillingsOf(mail, wordsOf[mail.locale]);
  return {
    subject,
    html: fillBlanks(html, fillings, escapeHtml),
    text: fillBlanks(text, fillings, (plain) => plain),
  };
};
