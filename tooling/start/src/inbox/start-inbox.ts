import { listenHttp } from './http-listener.ts';
import { Mailbox } from './mailbox.ts';
import { listenSmtp } from './smtp-listener.ts';

/** A running inbox, on loopback. */
export interface Inbox {
  readonly httpPort: number;
  readonly smtpPort: number;
  readonly close: () => Promise<void>;
}

/** Starts an inbox; port 0 takes a free one. Rejects with the system's error when a port is in use, and then nothing runs. */
export const startInbox = async (ports: { readonly http: number; readonly smtp: number }): Promise<Inbox> => {
  const mailbox = new Mailbox();
  const smtp = await listenSmtp(mailbox, ports.smtp);
  try {
    const http = await listenHttp(mailbox, ports.http);
    const close = async (): Promise<void> => {
      await Promise.all([http.close(), smtp.close()]);
    };
    return { httpPort: http.port, smtpPort: smtp.port, close };
  } catch (error) {
    await smtp.close();
    throw error;
  }
};
