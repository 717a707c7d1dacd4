import PostalMime, { type Address } from 'postal-mime';
import type { Arrival } from './message.ts';

const readable = (address: Address | undefined): string => {
  if (address?.address === undefined) return '';
  return address.name === '' ? address.address : `${address.name} <${address.address}>`;
};

/** Reads a mail as it came over SMTP. Never throws on a strange one: what cannot be read is empty. */
export const parseMail = async (raw: Buffer, to: readonly string[]): Promise<Arrival> => {
  const mail = await PostalMime.parse(raw);
  return {
    from: readable(mail.from),
    to,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
    messageId: mail.messageId ?? '',
    receivedAt: new Date().toISOString(),
  };
};
