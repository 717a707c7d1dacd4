import { freePort } from './free-port.ts';
import { runServer } from './run-server.ts';

/** A load balancer in front of replicas, each of which it asks for its readiness every 100 ms. */
export interface RunningHaproxy {
  readonly url: string;
  /** How many replicas it sends requests to. */
  countUp(): Promise<number>;
  stop(): Promise<void>;
}

// Neither retries nor redispatches: a request that a replica does not answer is counted as failed.
const configuration = (port: number, replicas: readonly number[]): string => `
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout check 5s
  timeout client 30s
  timeout server 30s
frontend calls
  bind 127.0.0.1:${port}
  stats enable
  stats uri /stats
  default_backend replicas
backend replicas
  option httpchk GET /health/ready
  http-check expect status 200
  default-server check inter 100ms fall 1 rise 1
${replicas.map((replica, index) => `  server replica${index} 127.0.0.1:${replica}`).join('\n')}
`;

/** Starts HAProxy on loopback in front of the replicas at these ports. Rejects with its output if it ends. */
export const startHaproxy = async (replicas: readonly number[]): Promise<RunningHaproxy> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const stop = await runServer({
    program: 'haproxy',
    args: ['-db', '-f'],
    configuration: configuration(port, replicas),
    port,
  });
  return {
    url,
    countUp: async () => {
      const csv = await (await fetch(`${url}/stats;csv`)).text();
      return csv.split('\n').filter((line) => /^replicas,replica\d+,.*,UP,/.test(line)).length;
    },
    stop,
  };
};
