import type { Mail } from '@moonlight/auth';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach } from 'vitest';
import { createMailSender } from '../smtp/create-mail-sender.ts';
import type { MailSenderOptions } from '../smtp/mail-sender-options.ts';
import { startSmtpServer, type TestSmtpServer } from './start-smtp-server.ts';

export const outboxId = '01890000-0000-7000-8000-000000000001';

export const codeMail: Mail = {
  kind: 'reset-code',
  to: 'alice@example.com',
  locale: 'en',
  username: 'alice',
  code: '042195',
  expiresInMinutes: 10,
};

/** What an act rejected with; undefined when it did not. */
export const failureOf = (act: Promise<void>): Promise<unknown> =>
  act.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Servers and senders for one test file; those of a test are closed after it. */
export const smtpHarness = () => {
  let open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const part of open) await part.close();
    open = [];
  });
  return {
    startServer: async (options: SMTPServerOptions = {}): Promise<TestSmtpServer> => {
      const server = await startSmtpServer(options);
      open.push({ close: () => server.stop() });
      return server;
    },
    senderTo: (port: number, options: Partial<MailSenderOptions> = {}) => {
      const sender = createMailSender({
        host: '127.0.0.1',
        port,
        secure: false,
        requireTls: false,
        sender: { name: 'Moonlight', email: 'no-reply@moonlight.example' },
        appName: 'Moonlight',
        ...options,
      });
      open.unshift(sender);
      return sender;
    },
    closeLater: (close: () => unknown): void => void open.push({ close }),
  };
};
