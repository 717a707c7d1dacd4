import { Option } from '@commander-js/extra-typings';
import type { StoredMail } from '@moonlight/auth';
import { type Cli, Misuse, Refusal } from '../cli.ts';
import { explainMailProblem } from '../doctor/mail.ts';
import { operatorFor, REASON } from '../operator.ts';
import { limit } from '../parse.ts';
import { fields, table } from '../table.ts';

const addList = (cli: Cli): void => {
  cli
    .command('mail list', 'Lists the newest mails of the outbox, without their content.')
    .addOption(
      new Option('--state <state>', 'only these').choices([
        'pending',
        'sending',
        'sent',
        'refused',
        'expired',
      ] as const),
    )
    .option('--kind <kind>', 'only of this kind, such as reset-link')
    .option('--limit <number>', 'how many at most', limit, 50)
    .action(
      cli.act(async (given) => {
        const { listMails } = await import('@moonlight/auth');
        const filter = { state: given.state, kind: given.kind, limit: given.limit };
        const mails = await cli.withAuth((deps) => listMails(deps, filter));
        const toRow = ({ id, kind, attempts, lastError, createdAt, ...mail }: StoredMail) =>
          [id, kind, mail.state, attempts, lastError, createdAt] as const;
        const headers = ['ID', 'KIND', 'STATE', 'TRIES', 'LAST ERROR', 'CREATED'];
        return { json: { mails }, text: table(headers, mails.map(toRow)) };
      }),
    );
};

const addShow = (cli: Cli): void => {
  cli
    .command('mail show', 'Shows one mail of the outbox, without its content.')
    .argument('<id>', 'the id of the mail')
    .action(
      cli.act(async (id) => {
        const { showMail } = await import('@moonlight/auth');
        const mail = await cli.withAuth((deps) => showMail(deps, id));
        if (mail === undefined)
          throw new Refusal('There is no mail with this id. Finished mails are kept for seven days.');
        return { json: { mail }, text: fields({ ...mail }) };
      }),
    );
};

const addRetry = (cli: Cli): void => {
  cli
    .command('mail retry', 'Makes mails that wait for their next try due now.')
    .argument('[id]', 'the id of the mail')
    .option('--all', 'all mails that wait')
    .requiredOption(...REASON)
    .action(
      cli.act(async (id, { all, reason }) => {
        if ((id === undefined) === (all === undefined)) throw new Misuse('Name a mail by its id, or use --all.');
        const { retryMails } = await import('@moonlight/auth');
        const retried = await cli.withAuth((deps) => retryMails(deps, { id, operator: operatorFor(reason) }));
        if (id !== undefined && retried === 0)
          throw new Refusal(
            'This mail does not wait: it is due or being sent, or it is finished, and then its content was deleted.',
          );
        return { json: { retried }, text: retried === 1 ? '1 mail is due now.' : `${retried} mails are due now.` };
      }),
    );
};

const addTest = (cli: Cli): void => {
  cli
    .command('mail test', 'Sends one mail through the configured server and prints its answer.')
    .argument('<address>', 'the recipient')
    .action(
      cli.act(async (address) => {
        const { app, mail } = await cli.config();
        if (mail === undefined) throw new Refusal('MAIL_SERVER is not set. Name an SMTP server.');
        const { sendTestMail } = await import('@moonlight/email/probe');
        const result = await sendTestMail({ ...mail, appName: app.name }, address);
        if (typeof result !== 'string') {
          const { variable, seen, advice } = explainMailProblem(mail, result);
          throw new Refusal(`${variable}: ${seen}. ${advice}`);
        }
        return { json: { answer: result }, text: `${mail.host}:${mail.port} accepted the mail: ${result}` };
      }),
    );
};

/** `moonlight mail …`: the outbox and the mail server. */
export const mail = (cli: Cli): void => {
  for (const add of [addList, addShow, addRetry, addTest]) add(cli);
};
