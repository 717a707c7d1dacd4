import { startInbox } from './start-inbox.ts';

const DEFAULT_HTTP_PORT = 1080;
const DEFAULT_SMTP_PORT = 1025;

const portFrom = (name: string, fallback: number): number => {
  const value = process.env[name] || String(fallback);
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`${name} must be a port number; 0 takes a free one.`);
};

const main = async (): Promise<void> => {
  // A reader of this inbox could take over every account by its mailed links, and no mail would leave it.
  if (['staging', 'production'].includes(process.env['APP_ENV'] ?? '')) {
    throw new Error('The dev inbox does not run with APP_ENV=staging or APP_ENV=production. Set MAIL_SERVER.');
  }
  const ports = {
    http: portFrom('INBOX_PORT', DEFAULT_HTTP_PORT),
    smtp: portFrom('INBOX_SMTP_PORT', DEFAULT_SMTP_PORT),
  };
  const inbox = await startInbox(ports);
  console.log(`Inbox at http://localhost:${inbox.httpPort}, SMTP at 127.0.0.1:${inbox.smtpPort}`);
  process.send?.({ httpPort: inbox.httpPort, smtpPort: inbox.smtpPort });
  const stop = (): void => void inbox.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
