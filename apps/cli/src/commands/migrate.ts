import type { Cli } from '../cli.ts';
import { wholeNumber } from '../parse.ts';

/** `moonlight migrate`: runs the missing migrations of the service and of its queue. */
export const migrate = (cli: Cli): void => {
  cli
    .command('migrate', 'Updates the tables of the service and of its queue. Safe while the previous version runs.')
    .option('--wait <seconds>', 'how long to try while another session holds a lock', wholeNumber, 60)
    .action(
      cli.act(async ({ wait }) => {
        const [{ loadConfig }, runtime] = await Promise.all([
          import('@moonlight/config'),
          import('@moonlight/runtime'),
        ]);
        const config = loadConfig(cli.terminal.env);
        const { applied, queueVersion } = await runtime.migrateAll(
          runtime.requireDatabaseUrl(config),
          config.redisUrls,
          {
            waitMs: wait * 1000,
            onWait: (heldBy) => cli.terminal.err(`Waiting for a lock that is held by ${heldBy}`),
          },
        );
        const queue =
          queueVersion === null ? 'The queue is in Redis.' : `The queue's tables have version ${queueVersion}.`;
        const done = applied.length === 0 ? ['No migration was missing.'] : applied.map((name) => `Applied ${name}.`);
        return { json: { applied, queueVersion }, text: [...done, queue].join('\n') };
      }),
    );
};
