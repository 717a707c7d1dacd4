import { AUTH, emailOf, logInMany, PASSWORD } from './accounts.ts';
import { type Call, runLoad } from './load.ts';
import { ACCOUNTS, type Servers } from './servers.ts';

const SECONDS = 8;
const STORM_CONNECTIONS = 200;
const CALM_CONNECTIONS = 16;
const PROFILE_CONNECTIONS = 4;

/** What 200 logins at once do to the calls beside them, and to the logins themselves. */
export const measureLoginStorm = async ({ real }: Servers): Promise<void> => {
  const [token = ''] = await logInMany(real.url, 1, ACCOUNTS);
  const { url } = real;
  const profile = () =>
    runLoad({
      url,
      seconds: SECONDS,
      connections: PROFILE_CONNECTIONS,
      next: () => ({ path: `${AUTH}/profile`, bearer: token }),
    });
  const next = (n: number): Call => ({
    path: `${AUTH}/login`,
    body: { email: emailOf(n % ACCOUNTS), password: PASSWORD },
  });
  const logins = (connections: number) => runLoad({ url, seconds: SECONDS, connections, next, alsoAllowed: [503] });

  const calmProfile = await profile();
  const [calmLogins, profileBeside] = await Promise.all([logins(CALM_CONNECTIONS), profile()]);
  const [stormLogins, profileInStorm] = await Promise.all([logins(STORM_CONNECTIONS), profile()]);
  const statuses = Object.entries(stormLogins.statuses).map(([status, count]) => `${count} × ${status}`);
  process.stdout.write(`\n## Login storm: ${STORM_CONNECTIONS} logins at once\n
| | profile p50 ms | profile p99 ms | logins per second |\n|---|---|---|---|
| no logins | ${calmProfile.p50.toFixed(1)} | ${calmProfile.p99.toFixed(1)} | |
| ${CALM_CONNECTIONS} logins at once | ${profileBeside.p50.toFixed(1)} | ${profileBeside.p99.toFixed(1)} | ${calmLogins.perSecond.toFixed(0)} |
| storm | ${profileInStorm.p50.toFixed(1)} | ${profileInStorm.p99.toFixed(1)} (wanted ≤ 100) | ${stormLogins.perSecond.toFixed(0)} (${(stormLogins.perSecond / calmLogins.perSecond).toFixed(2)}, wanted ≥ 0.85) |
\nAnswers in the storm: ${statuses.join(', ')}. Memory: ${real.memory().peak.toFixed(0)} MiB at most.\n`);
};
