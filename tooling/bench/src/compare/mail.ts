import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { AUTH, PASSWORD, sql } from './accounts.ts';
import { runLoad } from './load.ts';
import { startScript, startService } from './processes.ts';

const MAILS = 3000;
const CONNECTIONS = 10;
const ALONE_SECONDS = 4;
const POLL_MS = 50;

const countSchema = z.tuple([z.object({ sent: z.int(), pending: z.int() })]);

const countMails = async (databaseUrl: string) => {
  const text = `select count(*) filter (where state = 'sent')::int as sent,
    count(*) filter (where state = 'pending')::int as pending from outbox`;
  return countSchema.parse(await sql(databaseUrl, text))[0];
};

/** Mails per second that nodemailer sends alone, over as many connections as the worker uses. */
const sendAlone = async (port: number): Promise<number> => {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Infinity,
  });
  const mail = {
    from: 'a@example.com',
    to: 'b@example.com',
    subject: 'Bench',
    text: 'x'.repeat(400),
    html: 'x'.repeat(4000),
  };
  const started = performance.now();
  let sent = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - started < ALONE_SECONDS * 1000) {
      await transport.sendMail(mail);
      sent += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  transport.close();
  return sent / ((performance.now() - started) / 1000);
};

/** Empties an outbox of `MAILS` mails; returns mails per second from the first sent one on. */
const drain = async (databaseUrl: string, port: number): Promise<number> => {
  await using worker = await startService('worker', {
    databaseUrl,
    env: { MAIL_PORT: String(port) },
  }).then((service) => Object.assign(service, { [Symbol.asyncDispose]: () => service.stop() }));
  let first: { at: number; sent: number } | undefined;
  for (;;) {
    const { sent, pending } = await countMails(databaseUrl);
    const at = performance.now();
    if (sent > 0) first ??= { at, sent };
    if (pending === 0 && first !== undefined) {
      process.stdout.write(`The worker had ${worker.memory().peak.toFixed(0)} MiB at most.\n`);
      return (sent - first.sent) / ((at - first.at) / 1000);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** The worker emptying a full outbox into an SMTP server, beside nodemailer alone on the same server. */
export const measureMail = async (databaseUrl: string): Promise<void> => {
  await using closing = new AsyncDisposableStack();
  const sink = closing.adopt(await startScript('smtp-sink.ts', []), (server) => server.stop());
  const port = Number(new URL(sink.url).port);
  const api = await startService('api', { databaseUrl, withoutHash: true });
  const name = (n: number) => `mail${n}`;
  const next = (n: number) =>
    n < MAILS
      ? { path: `${AUTH}/register`, body: { email: `${name(n)}@example.com`, username: name(n), password: PASSWORD } }
      : undefined;
  await runLoad({ url: api.url, connections: 16, status: 201, next });
  await api.stop();

  const before = await sendAlone(port);
  const rate = await drain(databaseUrl, port);
  const after = await sendAlone(port);
  process.stdout.write(`\n## Mail, from the outbox to the answer of the SMTP server\n
| operation | per second | ratio | wanted |\n|---|---|---|---|
| nodemailer alone, before and after | ${before.toFixed(0)}, ${after.toFixed(0)} | | |
| worker, ${MAILS} mails | ${rate.toFixed(0)} | ${(rate / ((before + after) / 2)).toFixed(2)} | ≥ 0.60 |\n`);
};
