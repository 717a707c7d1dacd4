import type { Message } from '@moonlight/start';

const found = (pattern: RegExp, { subject, text }: Message): string => {
  const match = pattern.exec(text)?.[0];
  if (match === undefined) throw new Error(`the mail "${subject}" holds nothing like ${pattern}:\n${text}`);
  return match;
};

/** The link of a mail that carries a token, as its plain text shows it. */
export const linkIn = (mail: Message): string => found(/https?:\S+\?token=\S+/, mail);

/** The token of that link. */
export const tokenIn = (mail: Message): string => new URL(linkIn(mail)).searchParams.get('token') ?? '';

/** The six digits of a mail. */
export const codeIn = (mail: Message): string => found(/\b\d{6}\b/, mail);
