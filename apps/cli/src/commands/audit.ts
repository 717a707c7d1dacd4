import type { StoredAuditEntry } from '@moonlight/auth';
import type { Cli } from '../cli.ts';
import { limit, pastTime } from '../parse.ts';
import { show, table } from '../table.ts';

const detailsOf = ({ details }: StoredAuditEntry): Readonly<Record<string, unknown>> =>
  typeof details === 'object' && details !== null ? { ...details } : {};

const toRow = (entry: StoredAuditEntry): string[] => {
  const { actor, reason, ...others } = detailsOf(entry);
  const rest = Object.entries(others).map(([name, value]) => `${name}=${String(value)}`);
  return [
    ...[entry.at, entry.event, entry.userId].map(show),
    typeof actor === 'string' ? actor : show(entry.ip),
    typeof reason === 'string' ? reason : '',
    rest.join(' '),
  ];
};

/** `moonlight audit list`: what happened, and who did it. */
export const audit = (cli: Cli): void => {
  cli
    .command('audit list', 'Lists the newest entries of the audit log.')
    .option('--user <who>', 'only of this account: email address, username or id')
    .option('--event <event>', 'only of this event, such as login_failed')
    .option('--since <time>', 'only since then: 2026-11-21T20:00Z, or 90m, 12h, 7d ago', pastTime)
    .option('--limit <number>', 'how many at most', limit, 50)
    .action(
      cli.act(async ({ user, event, since, limit: most }) => {
        const { listAudit } = await import('@moonlight/auth');
        const start = since === undefined ? undefined : new Date(since(cli.terminal.now()));
        const entries = await cli.withAuth((deps) => listAudit(deps, { who: user, event, since: start, limit: most }));
        return {
          json: { entries },
          text: table(['AT', 'EVENT', 'ACCOUNT', 'BY', 'REASON', 'DETAILS'], entries.map(toRow)),
        };
      }),
    );
};
