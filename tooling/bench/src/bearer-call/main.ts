import { parseArgs } from 'node:util';
import { z } from 'zod';
import { withDatabase } from '../with-database.ts';
import { measure } from './measure.ts';
import { startChild } from './start-child.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seconds: { type: 'string', default: '2' } },
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

/** What a production server is told; nothing here is mailed or kept. */
const production = (databaseUrl: string) => ({
  APP_ENV: 'production',
  SECRET_KEY: 'only for this benchmark, 32 bytes',
  DATABASE_URL: databaseUrl,
  PUBLIC_URL: 'http://localhost:3000',
  FRONTEND_URL: 'http://localhost:5173',
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
    const start = async (file: string, args: readonly string[] = []) =>
      closing.adopt(await startChild(file, args, production(databaseUrl)), (child) => child.stop());

    const moonlight = await start('serve-moonlight.ts');
    const { token, userId, sessionId } = await createSession(moonlight.url);
    const results = await measure(
      [
        { name: 'bare select', server: await start('serve-bare.ts', [sessionId, userId]), path: '/' },
        { name: 'REST GET /profile', server: moonlight, path: '/api/v1/auth/profile' },
        { name: 'bare tRPC', server: await start('serve-bare-trpc.ts', [sessionId, userId]), path: '/trpc/profile' },
        { name: 'tRPC account.profile', server: moonlight, path: '/trpc/account.profile' },
      ],
      { token, rounds: Number(values.rounds), seconds: Number(values.seconds) },
    );
    for (const [name, { perSecond, cpu }] of results)
      print(`${name.padEnd(22)} ${perSecond.toFixed(0).padStart(7)} requests/s ${cpu.toFixed(1).padStart(7)} µs each`);
    for (const { name, bound, wanted } of COMPARISONS) {
      const [ours, theirs] = [results.get(name), results.get(bound)];
      if (ours === undefined || theirs === undefined) continue;
      const rate = ((ours.perSecond / theirs.perSecond) * 100).toFixed(0);
      const cpu = ((theirs.cpu / ours.cpu) * 100).toFixed(0);
      print(`${name}: ${rate} % of ${bound} by rate, ${cpu} % by processor time; wanted ${wanted} %`);
    }
  },
  { durable: false },
);
