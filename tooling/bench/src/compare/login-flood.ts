import { setTimeout as wait } from 'node:timers/promises';
import { AUTH, emailOf, logInMany, PASSWORD, seedAccounts } from './accounts.ts';
import { startService } from './processes.ts';

const SECONDS = 10;
const PARALLEL = 200;
const PER_SECOND = 150;
const FLOODED = emailOf(0);
const FLOODING_IP = '192.0.2.1';
const HONEST = emailOf(1);

interface Outcome {
  readonly status: number;
  readonly milliseconds: number;
}

const row = (name: string, outcomes: readonly Outcome[]): string => {
  const times = outcomes.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const at = (share: number) => (times[Math.ceil(times.length * share) - 1] ?? Number.NaN).toFixed(0);
  const statuses = Object.entries(Object.groupBy(outcomes, ({ status }) => status));
  const counts = statuses.map(([status, some = []]) => `${some.length} × ${status}`);
  return `| ${name} | ${counts.join(', ')} | ${at(0.5)} | ${at(0.99)} |\n`;
};

const measured = async (path: string, init: RequestInit): Promise<Outcome> => {
  const began = performance.now();
  const answer = await fetch(path, init);
  await answer.text();
  return { status: answer.status, milliseconds: performance.now() - began };
};

/** X-Forwarded-For lets one machine be many addresses. */
const loginAt = (url: string) => (email: string, ip: string) =>
  measured(`${url}${AUTH}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
    body: JSON.stringify({ email, password: PASSWORD }),
  });

/** One call after another, until the time is over. */
const repeat = async (call: (n: number) => Promise<Outcome>, pauseMs: number): Promise<Outcome[]> => {
  const end = performance.now() + SECONDS * 1000;
  const outcomes: Outcome[] = [];
  while (performance.now() < end) {
    outcomes.push(await call(outcomes.length));
    await wait(pauseMs);
  }
  return outcomes;
};

/** What right passwords of one account from one address do to logins of other addresses, and to the calls beside them. */
export const measureLoginFlood = async (databaseUrl: string): Promise<void> => {
  const server = await startService('api', { databaseUrl, env: { TRUST_PROXY: '127.0.0.1' } });
  try {
    await seedAccounts(databaseUrl, 2);
    const [token = ''] = await logInMany(server.url, 1, 2);
    const login = loginAt(server.url);
    const [flood, honest, profiles] = await Promise.all([
      Promise.all(Array.from({ length: PARALLEL }, () => repeat(() => login(FLOODED, FLOODING_IP), 0))),
      repeat((n) => login(HONEST, `198.51.100.${n % 250}`), 100),
      repeat(() => measured(`${server.url}${AUTH}/profile`, { headers: { authorization: `Bearer ${token}` } }), 20),
    ]);
    const calls: Promise<Outcome>[] = [];
    for (const began = performance.now(); calls.length < PER_SECOND * SECONDS; await wait(5)) {
      const due = Math.min(PER_SECOND * SECONDS, ((performance.now() - began) / 1000) * PER_SECOND);
      while (calls.length < due) calls.push(login(FLOODED, FLOODING_IP));
    }
    const refused = honest.filter(({ status }) => status !== 200).length;
    process.stdout.write(`\n## Login flood: right passwords of one account from one address, ${SECONDS} s\n
| calls | answers | p50 ms | p99 ms |\n|---|---|---|---|
${row(`${PARALLEL} logins at once`, flood.flat())}${row('logins of other addresses beside them', honest)}${row('/profile beside them', profiles)}${row(`${PER_SECOND} logins a second`, await Promise.all(calls))}
Honest logins that were refused: ${refused} (wanted 0).\n`);
  } finally {
    await server.stop();
  }
};
