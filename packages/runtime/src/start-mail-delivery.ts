import { deliverMail, type DeliveryOutcome } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { createMailSender } from '@moonlight/email';
import { startMailWorker } from '@moonlight/queue';
import type { Logger } from 'pino';
import type { Runtime } from './create-runtime.ts';

/** Mails this process sends at the same time; each holds a database connection for as long as SMTP takes. */
export const MAIL_CONCURRENCY = 10;

export interface MailDelivery {
  /** Whether the mail server accepts us; rejects when it does not. */
  readonly verifySmtp: () => Promise<void>;
  /** Takes no new mail and waits for those on their way. */
  readonly close: () => Promise<void>;
}

interface DeliveryParts {
  readonly config: Config;
  readonly log: Logger;
  readonly databaseUrl: string;
  readonly runtime: Runtime;
  readonly onOutcome: (outcome: DeliveryOutcome) => void;
}

/** Starts to render and send what the queue names. Throws when no mail server is configured. */
export const startMailDelivery = ({ config, log, databaseUrl, runtime, onOutcome }: DeliveryParts): MailDelivery => {
  if (config.mail === undefined)
    throw new Error('MAIL_SERVER is missing; `npm start` brings a development inbox of its own');
  const sender = createMailSender({ ...config.mail, appName: config.app.name });
  const onError = (error: Error) => log.warn({ err: error }, 'the mail worker met an error and goes on');
  const options = { databaseUrl, redisUrls: config.redisUrls, concurrency: MAIL_CONCURRENCY, onError };
  const worker = startMailWorker(options, async (outboxId) => {
    onOutcome(await deliverMail({ ...runtime.auth.deps, sender }, outboxId));
  });
  return {
    verifySmtp: () => sender.verify(),
    close: async () => {
      await worker.close();
      sender.close();
    },
  };
};
