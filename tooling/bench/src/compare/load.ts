import { Client, type Dispatcher } from 'undici';

/** What one connection sends; `n` counts the requests of all connections from 0. */
export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly bearer?: string;
  /** Sent as JSON. */
  readonly body?: object;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  /** The next call; undefined ends the connection's loop. */
  readonly next: (n: number, connection: number) => Call | undefined;
  /** The status that counts; every other one is an error unless `alsoAllowed` has it. Default 200. */
  readonly status?: number;
  readonly alsoAllowed?: readonly number[];
  /** Called with the text of each counted answer. */
  readonly onAnswer?: (text: string, connection: number) => void;
  /** Ends the load after this time; without it `next` must end it. */
  readonly seconds?: number;
}

/** The counted answers: their number per second, and their duration in milliseconds. */
export interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<number, number>>;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const toOptions = ({ method = 'GET', path, bearer, body }: Call): Dispatcher.RequestOptions => ({
  method: body === undefined ? method : 'POST',
  path,
  headers: {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  },
  body: body === undefined ? null : JSON.stringify(body),
});

/** Sends requests over keep-alive connections, one at a time on each. Rejects at the first answer that was not expected. */
export const runLoad = async (load: Load): Promise<Sample> => {
  const { status = 200, alsoAllowed = [] } = load;
  const durations: number[] = [];
  const statuses: Record<number, number> = {};
  const started = performance.now();
  const end = started + (load.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  let sent = 0;

  const loop = async (connection: number): Promise<void> => {
    const client = new Client(load.url);
    try {
      for (let now = performance.now(); now < end; now = performance.now()) {
        const call = load.next(sent, connection);
        if (call === undefined) return;
        sent += 1;
        const answer = await client.request(toOptions(call));
        const text = await answer.body.text();
        statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
        if (answer.statusCode === status) {
          durations.push(performance.now() - now);
          load.onAnswer?.(text, connection);
        } else if (!alsoAllowed.includes(answer.statusCode)) {
          throw new Error(`${call.path} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
        }
      }
    } finally {
      await client.close();
    }
  };
  await Promise.all(Array.from({ length: load.connections }, (_, connection) => loop(connection)));
  const seconds = (performance.now() - started) / 1000;
  durations.sort((a, b) => a - b);
  return {
    perSecond: durations.length / seconds,
    p50: percentile(durations, 0.5),
    p99: percentile(durations, 0.99),
    statuses,
  };
};
