import type { MailKind } from '@moonlight/auth';
import type { Locale } from '@moonlight/contracts';
import { render, toPlainText } from 'react-email';
import { Layout } from './components/layout.tsx';
import { templates } from './templates/templates.ts';
import { wordsOf } from './words/words-of.ts';

export interface RenderedTemplate {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export interface TemplateKey {
  readonly kind: MailKind;
  readonly locale: Locale;
  readonly app: string;
}

// A text has no buttons: what stands on one becomes the line above its address.
const textOptions = {
  wordwrap: false,
  selectors: [
    { selector: '[data-skip-in-text]', format: 'skip' },
    { selector: 'a.button', format: 'anchor', options: { ignoreHref: true } },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: false } },
    { selector: 'h1', options: { uppercase: false } },
  ],
} as const;

const renderNow = async ({ kind, locale, app }: TemplateKey): Promise<RenderedTemplate> => {
  const words = wordsOf[locale];
  const template = templates[kind];
  const subject = template.subject(words, app);
  const html = await render(
    <Layout {...{ locale, app, subject }} heading={template.heading(words)} footer={words.footer(app)}>
      {template.body(words, app)}
    </Layout>,
  );
  return { subject, html, text: toPlainText(html, textOptions).replaceAll(/\n{3,}/g, '\n\n') };
};

const rendered = new Map<string, Promise<RenderedTemplate>>();

/** A template with its blanks still empty; rendered when it is first needed, and kept. */
export const renderTemplate = (key: TemplateKey): Promise<RenderedTemplate> => {
  const name = JSON.stringify([key.kind, key.locale, key.app]);
  const known = rendered.get(name) ?? renderNow(key);
  rendered.set(name, known);
  return known;
};
