import { parseArgs } from 'node:util';
import { ensureBuilt, listenForStop } from '@moonlight/build';
import { reportOf, summarize } from './report.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    registrations: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '20' },
    away: { type: 'string', default: '2' },
  },
});

const run = async (): Promise<boolean> => {
  const { asked } = listenForStop();
  // The servers end with this process.
  asked.addEventListener('abort', () => process.exit(1));
  await ensureBuilt(asked);
  let isGood = true;
  for (const queue of ['PostgreSQL', 'Redis'] as const) {
    const awaySeconds = Number(values.away);
    const options = { registrations: Number(values.registrations), kills: Number(values.kills), awaySeconds };
    const result = await runChaos({ queue, ...options });
    process.stdout.write(reportOf(result, awaySeconds));
    const { lost, unexplained } = summarize(result);
    isGood &&= lost === 0 && unexplained === 0;
  }
  return isGood;
};

// Started by tooling/bootstrap, whose channel would keep this process running.
try {
  process.exit((await run()) ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
