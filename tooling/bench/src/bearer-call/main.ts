import { parseArgs } from 'node:util';
import { z } from 'zod';
import { withDatabase } from '../with-database.ts';
import { measure, median, type Result, startServer } from './measure.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, seconds: { type: 'string', default: '1' } },
});
const print = (line: string) => process.stdout.write(`${line}\n`);

const loginBody = z.object({ token: z.string(), data: z.object({ user: z.object({ id: z.string() }) }) });
const claims = z.object({ sid: z.string() });

const createSession = async (url: string) => {
  const post = async (path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.json();
  };
  const account = { email: 'bench@example.com', password: 'a long and quiet night' };
  await post('/register', { ...account, username: 'bench' });
  const { token, data } = loginBody.parse(await post('/login', account));
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return { token, userId: data.user.id, sessionId: claims.parse(payload).sid };
};

/** The configuration of a production server. No mail is delivered, and the database is removed afterwards. */
const production = (databaseUrl: string) => ({
  APP_ENV: 'production',
  SECRET_KEY: 'only for this benchmark, 32 bytes',
  DATABASE_URL: databaseUrl,
  PUBLIC_URL: 'https://accounts.example.com',
  FRONTEND_URL: 'https://app.example.com',
  MAIL_SERVER: 'localhost',
  LOG_LEVEL: 'warn',
});

const COMPARISONS = [
  { name: 'REST GET /profile', bound: 'bare select', wanted: 75 },
  { name: 'tRPC account.profile', bound: 'bare tRPC', wanted: 85 },
] as const;

await withDatabase(
  async (databaseUrl) => {
    await using closing = new AsyncDisposableStack();
    const start = async (...args: readonly string[]) =>
      closing.adopt(await startServer(args, production(databaseUrl)), (server) => server.stop());

    const moonlight = await start('moonlight');
    const { token, userId, sessionId } = await createSession(moonlight.url);
    const results = await measure(
      [
        { name: 'bare select', server: await start('bare', sessionId, userId), path: '/' },
        { name: 'REST GET /profile', server: moonlight, path: '/api/v1/auth/profile' },
        { name: 'bare tRPC', server: await start('trpc', sessionId, userId), path: '/trpc/profile' },
        { name: 'tRPC account.profile', server: moonlight, path: '/trpc/account.profile' },
      ],
      { token, rounds: Number(values.rounds), seconds: Number(values.seconds) },
    );
    for (const [name, rounds] of results) {
      const perSecond = median(rounds.map((round) => round.perSecond)).toFixed(0);
      const cpu = median(rounds.map((round) => round.cpu)).toFixed(1);
      print(`${name.padEnd(22)} ${perSecond.padStart(7)} requests/s ${cpu.padStart(7)} µs each`);
    }
    for (const { name, bound, wanted } of COMPARISONS) {
      const ours = results.get(name) ?? [];
      const theirs = results.get(bound) ?? [];
      const inRounds = (ratio: (our: Result, their: Result) => number) =>
        ours.flatMap((our, round) => (theirs[round] === undefined ? [] : [100 * ratio(our, theirs[round])]));
      const rates = inRounds((our, their) => our.perSecond / their.perSecond);
      const cpu = median(inRounds((our, their) => their.cpu / our.cpu)).toFixed(0);
      const [low, high] = [Math.min(...rates), Math.max(...rates)].map((rate) => rate.toFixed(0));
      print(
        `${name}: ${median(rates).toFixed(0)} % of ${bound} by rate (rounds: ${low} to ${high}), ${cpu} % by processor time; wanted ${wanted} %`,
      );
    }
  },
  { durable: false },
);
