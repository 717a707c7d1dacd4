import type { Config, MailSettings } from '@moonlight/config';
import type { MailServerFault, MailServerProblem } from '@moonlight/email/probe';
import { type Finding, ok, wrong } from './finding.ts';

const EXPLANATIONS: Readonly<Record<MailServerFault, { variable: string; seen: string; advice: string }>> = {
  connection: {
    variable: 'MAIL_SERVER',
    seen: 'cannot be reached',
    advice: 'Check host, MAIL_PORT and the firewall. A port for TLS from the first byte needs MAIL_USE_SSL=true.',
  },
  tls: {
    variable: 'MAIL_USE_SSL',
    seen: 'does not speak TLS as configured',
    advice:
      'Port 465 needs MAIL_USE_SSL=true; port 587 needs MAIL_USE_TLS=true. The server must offer STARTTLS for the latter.',
  },
  certificate: {
    variable: 'MAIL_SERVER',
    seen: 'has a certificate that is not trusted for this name',
    advice: 'Use the name in the certificate; for an own authority set NODE_EXTRA_CA_CERTS to its certificate.',
  },
  login: {
    variable: 'MAIL_PASSWORD',
    seen: 'refuses the login',
    advice: 'Check MAIL_USERNAME and MAIL_PASSWORD; many providers want a password made for programs.',
  },
  recipient: {
    variable: 'MAIL_SERVER',
    seen: 'refuses the recipient or the mail',
    advice: 'Read the answer of the server; try another recipient.',
  },
  sender: {
    variable: 'MAIL_SENDER_EMAIL',
    seen: 'refuses the sender',
    advice: 'Set MAIL_SENDER_EMAIL to an address of a domain that this account may send for.',
  },
};

/** A problem of the mail server: the variable to look at, what was seen and what to do. */
export const explainMailProblem = (
  { host, port }: Pick<MailSettings, 'host' | 'port'>,
  { fault, answer }: MailServerProblem,
): { variable: string; seen: string; advice: string } => {
  const { variable, seen, advice } = EXPLANATIONS[fault];
  return { variable, seen: `the mail server at ${host}:${port} ${seen} (${answer})`, advice };
};

/** Whether the mail server can be reached, speaks TLS with a trusted certificate, and accepts the login and the sender. */
export const checkMail = async ({ mail }: Config): Promise<Finding[]> => {
  if (mail === undefined)
    return [wrong('mail', 'MAIL_SERVER', ['it is not set', 'Name an SMTP server: without one no mail is sent.'])];
  const { probeMailServer } = await import('@moonlight/email/probe');
  const problem = await probeMailServer(mail);
  if (problem === undefined)
    return [ok('mail', `the mail server at ${mail.host}:${mail.port} accepts the login and ${mail.sender.email}`)];
  const { variable, seen, advice } = explainMailProblem(mail, problem);
  return [wrong('mail', variable, [seen, advice])];
};
