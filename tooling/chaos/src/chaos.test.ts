import { beforeAll, expect, test } from 'vitest';
import { buildAppsOnce } from '@moonlight/e2e/run-app';
import { summarize } from './report.ts';
import { runChaos } from './run-chaos.ts';

beforeAll(() => buildAppsOnce());

test(
  'every registration that was answered gets its mail once, through kills of the API, the workers and PostgreSQL',
  { timeout: 90_000 },
  async () => {
    const result = await runChaos({
      queue: 'PostgreSQL',
      registrations: 60,
      kills: 3,
      awaySeconds: 0.2,
      endsLeases: true,
    });
    expect(result.outages.map(({ victim }) => victim)).toEqual(['API', 'workers', 'PostgreSQL']);
    expect(summarize(result)).toMatchObject({ answered: 60, mailed: 60, unexplained: 0, lost: 0 });
  },
);
