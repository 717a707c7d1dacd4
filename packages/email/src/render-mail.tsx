import type { Mail, MailKind } from '@moonlight/auth';
import type { Locale } from '@moonlight/contracts';
import { compile } from 'html-to-text';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { plainTextSelectors } from 'react-email';
import type { MailProps } from './components/layout.tsx';
import {
  AccountExists,
  OperatorAction,
  PasswordChanged,
  RefreshTokenReuseAlert,
  SecurityNotices,
} from './mails/account-notices.tsx';
import { Invitation, NoAccount, ResetCode, ResetLink } from './mails/password-reset.tsx';
import { VerificationCode, VerificationLink } from './mails/verification.tsx';
import { en } from './messages/en.ts';
import type { Messages } from './messages/messages.ts';
import { zhCN } from './messages/zh-cn.ts';

type MailComponent<K extends MailKind> = (props: MailProps<K>) => ReactNode;

/** The component of every kind of mail. */
const mailComponents: { readonly [K in MailKind]: MailComponent<K> } = {
  'verification-link': VerificationLink,
  'verification-code': VerificationCode,
  'reset-link': ResetLink,
  'reset-code': ResetCode,
  invitation: Invitation,
  'password-changed': PasswordChanged,
  'refresh-token-reuse-alert': RefreshTokenReuseAlert,
  'operator-action': OperatorAction,
  'security-notices': SecurityNotices,
  'account-exists': AccountExists,
  'no-account': NoAccount,
};

/** The messages of every language. */
const messagesOf = { en, 'zh-CN': zhCN } satisfies Record<Locale, Messages>;

const elementOf = <K extends MailKind>(kind: K, props: MailProps<K>): ReactNode => mailComponents[kind](props);

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

// The document type that React Email's own `render` writes: mail programs know it.
const doctype =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">';

// Prepared once: React Email's own `toPlainText` does it again for every mail.
const toPlainText = compile({
  wordwrap: false,
  selectors: [
    ...plainTextSelectors,
    { selector: '[data-skip-in-text]', format: 'skip' },
    // Plain text has no buttons: a button's label becomes the line above its URL.
    { selector: 'a.button', format: 'anchor', options: { ignoreHref: true } },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: false } },
    { selector: 'h1', options: { uppercase: false } },
  ],
});

/**
 * Renders a mail in its reader's language: subject, HTML, and a plain text with the same content. The subject contains no
 * secret and the HTML loads nothing. Text that an attacker may have chosen (a username, a user agent) cannot become
 * markup or a link.
 */
export const renderMail = (mail: Mail, { appName }: { readonly appName: string }): RenderedMail => {
  const messages = messagesOf[mail.locale];
  const html = doctype + renderToStaticMarkup(elementOf(mail.kind, { mail, app: appName, messages }));
  return {
    subject: messages.mails[mail.kind].subject(appName),
    html,
    // The head contains no text of the mail; parsing it would take a third of the time.
    text: toPlainText(html.slice(html.indexOf('<body'))).replaceAll(/\n{3,}/g, '\n\n'),
  };
};
