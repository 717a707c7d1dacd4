import type { Cli } from '../cli.ts';
import type { Finding } from '../doctor/finding.ts';
import { wholeNumber } from '../parse.ts';

const line = ({ area, status, variable, seen, advice }: Finding): string => {
  if (status === 'ok') return `ok     ${area}: ${seen}`;
  return `WRONG  ${area}: ${variable === null ? '' : `${variable}: `}${seen}\n       → ${advice ?? ''}`;
};

const summary = (wrongs: number): string => {
  if (wrongs === 0) return 'Everything is well.';
  return wrongs === 1 ? '1 thing is wrong.' : `${wrongs} things are wrong.`;
};

/** `moonlight doctor`: examines everything that the service needs, and says what is wrong and what to do. */
export const doctor = (cli: Cli): void => {
  cli
    .command('doctor', 'Examines configuration, database, queue, mail server, keys and worker. Changes nothing.')
    .option('--processes <number>', 'how many APIs and workers share the database', wholeNumber, 2)
    .action(
      cli.act(async ({ processes }) => {
        const [{ inspectConfig }, { examine }] = await Promise.all([
          import('@moonlight/config'),
          import('../doctor/examine.ts'),
        ]);
        const { config, problems } = inspectConfig(cli.terminal.env);
        const findings = await examine({ config, processes, now: () => cli.terminal.now() }, problems);
        const wrongs = findings.filter(({ status }) => status === 'wrong');
        return {
          json: { ok: wrongs.length === 0, findings },
          text: [...findings.map(line), summary(wrongs.length)].join('\n'),
          isRefused: wrongs.length > 0,
        };
      }),
    );
};
