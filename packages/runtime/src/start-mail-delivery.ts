import { createMailDelivery, type DeliveryOutcome, MOST_MAILS_AT_ONCE } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { createMailSender } from '@moonlight/email';
import { startMailWorker } from '@moonlight/queue';
import type { Logger } from 'pino';
import type { Runtime } from './create-runtime.ts';
import { logConnectionErrors } from './log-connection-errors.ts';
import { traceMails } from './tracing/trace-parts.ts';
import { watchMailServer } from './watch-mail-server.ts';

// Below the worker's own limit, so that mails that the mail server does not answer are still recorded as not sent.
const FINISH_MAILS_MS = 6000;

interface DeliveryParts {
  readonly config: Config;
  readonly log: Logger;
  readonly databaseUrl: string;
  readonly runtime: Runtime;
  readonly onOutcome: (outcome: DeliveryOutcome, kind: string) => void;
}

/**
 * Starts to render and send the mails of the outbox whenever the queue notifies. `drain` sends those that are due, without
 * a notification. Throws an Error that names MAIL_SERVER if none is configured. `isMailServerReachable` is answered from a
 * cache for 15 s. `close` takes no new mail and waits for those that are being sent, six seconds at most; the others are
 * left to the next worker.
 */
export const startMailDelivery = ({ config, log, databaseUrl, runtime, onOutcome }: DeliveryParts) => {
  if (config.mail === undefined)
    throw new Error('MAIL_SERVER is not set. Only `npm start` starts a mail server (the development inbox) by itself.');
  const sender = createMailSender({ ...config.mail, appName: config.app.name, connections: MOST_MAILS_AT_ONCE });
  const { tracer } = runtime;
  const email = tracer === undefined ? sender : traceMails(sender, tracer);
  const delivery = createMailDelivery({ ...runtime.auth.deps, senders: { email } }, { onOutcome });
  const onError = logConnectionErrors(log, 'an error in the mail worker; it continues');
  const worker = startMailWorker({ databaseUrl, redisUrls: config.redisUrls, onError }, delivery.drain);
  return {
    drain: delivery.drain,
    isMailServerReachable: watchMailServer({ mail: config.mail, log, verify: () => sender.verify() }),
    close: async (): Promise<void> => {
      const givingUp = setTimeout(() => sender.close(), FINISH_MAILS_MS);
      await Promise.all([worker.close(), delivery.close()]);
      clearTimeout(givingUp);
      sender.close();
    },
  };
};
