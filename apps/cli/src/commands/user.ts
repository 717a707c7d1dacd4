import { Option } from '@commander-js/extra-typings';
import type { AuthDeps, OperatedAccount, StoredAccount } from '@moonlight/auth';
import { type Cli, type Outcome, Refusal } from '../cli.ts';
import { operatorFor, REASON } from '../operator.ts';
import { limit } from '../parse.ts';
import { fields, show, table } from '../table.ts';

const WHO = ['<who>', 'email address, username or id'] as const;

const stateOf = ({ isActive, emailVerifiedAt, deletesAt }: StoredAccount): string => {
  if (deletesAt !== null) return `deletion on ${show(deletesAt)}`;
  if (!isActive) return 'disabled';
  return emailVerifiedAt === null ? 'unverified' : 'active';
};

const addList = (cli: Cli): void => {
  cli
    .command('user list', 'Lists the newest accounts.')
    .option('--search <text>', 'the beginning of the email address or of the username')
    .addOption(new Option('--state <state>', 'only these').choices(['active', 'disabled', 'unverified'] as const))
    .option('--limit <number>', 'how many at most', limit, 50)
    .action(
      cli.act(async (given) => {
        const { listAccounts } = await import('@moonlight/auth');
        const filter = { search: given.search, state: given.state, limit: given.limit };
        const accounts = await cli.withAuth((deps) => listAccounts(deps, filter));
        const rows = accounts.map((account) => [
          account.id,
          account.username,
          account.email,
          stateOf(account),
          account.createdAt,
        ]);
        return { json: { accounts }, text: table(['ID', 'USERNAME', 'EMAIL', 'STATE', 'CREATED'], rows) };
      }),
    );
};

const addShow = (cli: Cli): void => {
  cli
    .command('user show', 'Shows one account and the number of its sessions.')
    .argument(...WHO)
    .action(
      cli.act(async (who) => {
        const { showAccount } = await import('@moonlight/auth');
        const account = await cli.withAuth((deps) => showAccount(deps, who));
        return { json: { account }, text: fields({ ...account, state: stateOf(account) }) };
      }),
    );
};

const addInvite = (cli: Cli): void => {
  cli
    .command('user invite', 'Creates an account and mails its owner a link to choose a password, which lives 72 hours.')
    .argument('<email>', 'the email address')
    .requiredOption('--username <name>', 'the username')
    .addOption(
      new Option('--locale <locale>', 'the language of its mails').choices(['en', 'zh-CN'] as const).default('en'),
    )
    .requiredOption(...REASON)
    .action(
      cli.act(async (email, { username, locale, reason }): Promise<Outcome> => {
        const { inviteAccount, parseAccountNames } = await import('@moonlight/auth');
        const names = parseAccountNames({ email, username });
        if (names === undefined)
          throw new Refusal(
            'Name an email address, and a username of a letter and 2 to 19 letters, digits or underscores.',
          );
        const invitation = { ...names, locale, operator: operatorFor(reason) };
        const account = await cli.withAuth((deps) => inviteAccount(deps, invitation));
        const until = account.invitedUntil?.toISOString() ?? '';
        return { json: { account }, text: `${account.email} is invited until ${until}. The worker sends the link.` };
      }),
    );
};

type Act = (
  deps: AuthDeps,
  operation: { who: string; operator: ReturnType<typeof operatorFor> },
) => Promise<OperatedAccount>;

interface Operation {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Act>;
  readonly done: (username: string, result: OperatedAccount) => string;
  readonly unchanged: (username: string) => string;
  /** Whether it is refused where it would change nothing. */
  readonly mustChange?: true;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: 'disable',
    summary: 'Disables an account, from the next call on. Its sessions work again when it is enabled.',
    load: async () => (await import('@moonlight/auth')).disableAccount,
    done: (username) => `${username} is disabled from now on.`,
    unchanged: (username) => `${username} was disabled before; nothing was changed.`,
  },
  {
    name: 'enable',
    summary: 'Enables a disabled account.',
    load: async () => (await import('@moonlight/auth')).enableAccount,
    done: (username) => `${username} is enabled.`,
    unchanged: (username) => `${username} was enabled before; nothing was changed.`,
  },
  {
    name: 'end-sessions',
    summary: 'Ends all sessions of an account, from the next call on.',
    load: async () => (await import('@moonlight/auth')).endAccountSessions,
    done: (username, { endedSessions }) => `${endedSessions} of ${username}'s sessions ended.`,
    unchanged: (username) => `${username} had no session; nothing was changed.`,
  },
  {
    name: 'delete',
    summary: 'Ends all sessions of an account, and erases it after ACCOUNT_DELETION_DAYS.',
    load: async () => (await import('@moonlight/auth')).deleteAccount,
    done: (username, { account, endedSessions }) =>
      `${username} will be erased on ${show(account.deletesAt)}; ${endedSessions} of its sessions ended.`,
    unchanged: (username) => `The deletion of ${username} was planned before; nothing was changed.`,
    mustChange: true,
  },
  {
    name: 'restore',
    summary: 'Cancels the deletion of an account that is not erased yet.',
    load: async () => (await import('@moonlight/auth')).restoreAccount,
    done: (username) => `The deletion of ${username} is cancelled.`,
    unchanged: (username) => `No deletion of ${username} is planned; nothing was changed.`,
    mustChange: true,
  },
];

const addOperation = (cli: Cli, { name, summary, load, done, unchanged, mustChange }: Operation): void => {
  cli
    .command(`user ${name}`, summary)
    .argument(...WHO)
    .requiredOption(...REASON)
    .action(
      cli.act(async (who, { reason }): Promise<Outcome> => {
        const act = await load();
        const result = await cli.withAuth((deps) => act(deps, { who, operator: operatorFor(reason) }));
        const { account, isChanged, endedSessions } = result;
        if (!isChanged && mustChange) throw new Refusal(unchanged(account.username));
        const sentence = isChanged ? done(account.username, result) : unchanged(account.username);
        const { id, email, username, deletesAt } = account;
        return { json: { account: { id, email, username, deletesAt }, isChanged, endedSessions }, text: sentence };
      }),
    );
};

/** `moonlight user …`: the accounts. */
export const user = (cli: Cli): void => {
  addList(cli);
  addShow(cli);
  addInvite(cli);
  for (const operation of OPERATIONS) addOperation(cli, operation);
};
