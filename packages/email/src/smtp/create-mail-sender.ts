import { MailRefusedError, type MailSender, type OutgoingMail } from '@moonlight/auth';
import { emailField } from '@moonlight/contracts';
import { renderMail } from '../render-mail.ts';
import type { MailSenderOptions } from './mail-sender-options.ts';
import { openTransport } from './open-transport.ts';
import { sendingFailure } from './sending-failure.ts';

/** A server may trickle its answers and so never be silent long enough for a timeout; this ends it, in milliseconds. */
const patienceMs = 20_000;

/**
 * Sends mails by SMTP over a pool of connections. `send` resolves when the server took the mail over ("250"), rejects with
 * MailRefusedError when it refused it for good, and with another Error, within 20 seconds, when it is worth trying again.
 * The same outbox row always has the same Message-ID, so that a second delivery can be recognised as one.
 * `verify` connects and signs in; it rejects when that fails.
 */
export const createMailSender = (
  options: MailSenderOptions,
): MailSender & { verify(): Promise<void>; close(): void } => {
  const transport = openTransport(options);
  const { sender, appName } = options;
  const domain = sender.email.slice(sender.email.lastIndexOf('@') + 1);

  const compose = async ({ id, mail }: OutgoingMail) => {
    // A line break in an address would end the header, or the SMTP command, and begin one of its author's choice.
    const address = emailField.safeParse(mail.to);
    if (!address.success) throw new MailRefusedError('The recipient is not an e-mail address');
    return {
      ...(await renderMail(mail, { appName })),
      from: { name: sender.name, address: sender.email },
      to: { name: '', address: address.data },
      envelope: { from: sender.email, to: [address.data] },
      messageId: `<${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      signal: AbortSignal.timeout(patienceMs),
    };
  };
  return {
    send: async (outgoing) => {
      const message = await compose(outgoing);
      try {
        await transport.sendMail(message);
      } catch (error) {
        throw sendingFailure(error);
      }
    },
    verify: async () => {
      try {
        await transport.verify();
      } catch (error) {
        throw sendingFailure(error);
      }
    },
    close: () => transport.close(),
  };
};
