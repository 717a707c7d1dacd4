import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailSenderOptions } from './create-mail-sender.ts';

/** What a mail server refused, in the order of the steps. */
export type MailServerFault = 'connection' | 'tls' | 'certificate' | 'login' | 'sender' | 'recipient';

/** A mail server cannot be used. `answer` is the server's own line or the code of the failure; it contains no password. */
export interface MailServerProblem {
  readonly fault: MailServerFault;
  readonly answer: string;
}

const CERTIFICATE =
  /^(?:CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;

const field = (error: object, name: string): string => {
  const value: unknown = Object.entries(error).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : '';
};

const faultOf = (code: string, original: string, command: string): MailServerFault => {
  if (code === 'EAUTH') return 'login';
  if (CERTIFICATE.test(original) || CERTIFICATE.test(code)) return 'certificate';
  if (code === 'ETLS' || command === 'STARTTLS' || /^(?:ERR_SSL_|EPROTO)/.test(original)) return 'tls';
  if (command === 'RCPT TO' || command === 'DATA') return 'recipient';
  return command === 'MAIL FROM' ? 'sender' : 'connection';
};

const problemOf = (error: Error): MailServerProblem => {
  const [code, original, command] = [field(error, 'code'), field(error, 'originalCode'), field(error, 'command')];
  const answer = field(error, 'response').split('\n')[0] || original || code || error.message;
  return { fault: faultOf(code, original, command), answer: answer.trim() };
};

const TIMEOUT_MS = 5000;

type Server = Omit<MailSenderOptions, 'appName' | 'connections'>;

const connectionOptions = ({ host, port, secure, requireTls }: Server) => ({
  host,
  port,
  secure,
  requireTLS: requireTls,
  opportunisticTLS: !secure && !requireTls,
  connectionTimeout: TIMEOUT_MS,
  greetingTimeout: TIMEOUT_MS,
  socketTimeout: TIMEOUT_MS,
});

type Step = (done: (error?: Error | null) => void) => void;

/**
 * Connects, logs in and asks for the sender, without sending a mail: the connection is closed instead of the content.
 * Resolves with the first problem, within 15 s; undefined if there is none.
 */
export const probeMailServer = async (server: Server): Promise<MailServerProblem | undefined> => {
  const { username, password, sender } = server;
  const connection = new SMTPConnection(connectionOptions(server));
  // Errors after a step was answered: the connection is being closed.
  connection.on('error', () => undefined);
  const run = (step: Step): Promise<MailServerProblem | undefined> =>
    new Promise((resolve) => {
      connection.once('error', (error: Error) => resolve(problemOf(error)));
      step((error) => resolve(error === undefined || error === null ? undefined : problemOf(error)));
    });
  const askForSender: Step = (done) => {
    // Read after the server has accepted sender and recipient.
    const content = new Readable({ read: () => done() });
    connection.send({ from: sender.email, to: [sender.email] }, content, done);
  };
  try {
    const unconnected = await run((done) => connection.connect(done));
    if (unconnected !== undefined) return unconnected;
    const refused =
      username === undefined
        ? undefined
        : await run((done) => connection.login({ user: username, pass: password ?? '' }, done));
    if (refused !== undefined) return refused;
    const problem = await run(askForSender);
    // The sender need not be a mailbox that accepts mails.
    return problem?.fault === 'sender' ? problem : undefined;
  } finally {
    connection.close();
  }
};

/** Sends a mail that says it is a test. Resolves with the server's answer, or with the problem, within 20 s. */
export const sendTestMail = async (
  { appName, ...server }: Server & { readonly appName: string },
  to: string,
): Promise<string | MailServerProblem> => {
  const { username, password, sender } = server;
  const transport = createTransport({
    ...connectionOptions(server),
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response } = await transport.sendMail({
      from: { name: sender.name, address: sender.email },
      to: { name: '', address: to },
      subject: `${appName}: test mail / 测试邮件`,
      text: `${appName} can send mails.\n${appName} 可以发送邮件。\n`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return response;
  } catch (error) {
    return problemOf(error instanceof Error ? error : new Error(String(error)));
  } finally {
    transport.close();
  }
};
