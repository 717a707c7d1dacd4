import type { Registration } from './register.ts';
import type { ChaosResult, Outage } from './run-chaos.ts';
import type { Arrival } from './start-service.ts';

/** The numbers of a run. Times in seconds. */
export interface Summary {
  readonly answered: number;
  readonly mailed: number;
  readonly twice: number;
  /** Mails that arrived twice although no worker and no mail server was killed in between. */
  readonly unexplained: number;
  readonly lost: number;
}

interface Row {
  readonly victim: string;
  readonly kills: number;
  readonly statuses: string;
  readonly longestCall: number;
  readonly longestMail: number;
  readonly recovery: number;
}

const all = ({ outages }: ChaosResult): Registration[] =>
  outages.flatMap(({ registrations, probe }) => [...registrations, probe]);

const byRecipient = (arrivals: readonly Arrival[]) => Map.groupBy(arrivals, ({ to }) => to);

// Between the "250" and its record: the worker can be killed, or the mail server before it has sent the "250".
const explains = ({ victim, killedAt }: Outage, [first, second]: readonly Arrival[]): boolean =>
  (victim === 'workers' || victim === 'mail server') &&
  first !== undefined &&
  second !== undefined &&
  first.messageId === second.messageId &&
  killedAt >= first.at - 1000 &&
  killedAt <= second.at;

export const summarize = (result: ChaosResult): Summary => {
  const mails = byRecipient(result.arrivals);
  const answered = all(result);
  const repeated = [...mails.values()].filter(({ length }) => length > 1);
  return {
    answered: answered.length,
    mailed: answered.filter(({ email }) => mails.has(email)).length,
    twice: repeated.length,
    unexplained: repeated.filter((pair) => !result.outages.some((outage) => explains(outage, pair))).length,
    lost: answered.filter(({ email }) => !mails.has(email)).length,
  };
};

const seconds = (milliseconds: number): number => Math.max(0, milliseconds / 1000);

const statusesOf = (registrations: readonly Registration[]): string =>
  [
    ...Map.groupBy(
      registrations.flatMap(({ statuses }) => statuses),
      (status) => status,
    ),
  ]
    .map(([status, times]) => `${status} × ${times.length}`)
    .toSorted()
    .join(', ');

const rowsOf = (result: ChaosResult): Row[] => {
  const mails = byRecipient(result.arrivals);
  const mailAt = ({ email, answeredAt }: Registration): number => mails.get(email)?.[0]?.at ?? answeredAt;
  return [...Map.groupBy(result.outages, ({ victim }) => victim)].map(([victim, outages]) => {
    const registrations = outages.flatMap((outage) => [...outage.registrations, outage.probe]);
    return {
      victim,
      kills: outages.length,
      statuses: statusesOf(registrations),
      longestCall: Math.max(...registrations.map(({ startedAt, answeredAt }) => seconds(answeredAt - startedAt))),
      longestMail: Math.max(...registrations.map((each) => seconds(mailAt(each) - each.answeredAt))),
      recovery: Math.max(...outages.map(({ backAt, probe }) => seconds(mailAt(probe) - backAt))),
    };
  });
};

/** The result as two tables. */
export const reportOf = (result: ChaosResult, awaySeconds: number): string => {
  const { answered, mailed, twice, unexplained, lost } = summarize(result);
  const rows = rowsOf(result).map(
    ({ victim, kills, statuses, longestCall, longestMail, recovery }) =>
      `| ${victim} | ${kills} | ${statuses} | ${longestCall.toFixed(1)} | ${longestMail.toFixed(1)} | ${recovery.toFixed(1)} |`,
  );
  return `
## Queue in ${result.queue}: ${result.outages.length} kills

| answered | mailed | twice | of these unexplained | lost |
|---|---|---|---|---|
| ${answered} | ${mailed} | ${twice} | ${unexplained} | ${lost} |

Each victim was away for ${awaySeconds} s. A call is repeated until it is answered. Seconds:

| killed | times | statuses of all tries | longest wait for the answer | longest wait from the answer to the mail | from its return to the mail of the next registration |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
};
