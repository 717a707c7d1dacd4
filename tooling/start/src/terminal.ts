import { styleText } from 'node:util';
import type { Config } from '@moonlight/config';
import type { Ports } from './plan-ports.ts';

/** The output of `npm start`. */
export interface Terminal {
  /** Prints a message of the supervisor. */
  readonly say: (text: string) => void;
  /** Prints a line of a process, with the process's name before it. */
  readonly pass: (name: string, line: string) => void;
}

const NAME_WIDTH = 8;
const COLOURS = { postgres: 'blue', inbox: 'magenta', api: 'green', worker: 'yellow', web: 'cyan' } as const;

const isKnown = (name: string): name is keyof typeof COLOURS => name in COLOURS;

/** Writes to standard output; with colours only on a terminal. */
export const openTerminal = (): Terminal => {
  // When the reader of the output has gone, stopping must still go on in order.
  process.stdout.on('error', () => undefined);
  const prefix = (name: string): string => {
    const padded = name.padEnd(NAME_WIDTH);
    return isKnown(name) ? styleText(COLOURS[name], padded, { stream: process.stdout }) : padded;
  };
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  return { say: write, pass: (name, line) => write(`${prefix(name)} | ${line}`) };
};

const LOCAL_HOSTS = new Set(['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost']);

/** The address at which this machine reaches a server that listens on `host`. */
export const reachable = (host: string, port: number): string => {
  const loopback = host === '::1' ? '[::1]' : '127.0.0.1';
  return `http://${LOCAL_HOSTS.has(host) ? loopback : host}:${port}`;
};

/** The same address for users: `localhost` where that works. */
export const readable = (host: string, port: number): string =>
  LOCAL_HOSTS.has(host) ? `http://localhost:${port}` : reachable(host, port);

interface Summary {
  readonly config: Config;
  readonly ports: Ports;
  /** The URL of the bundled PostgreSQL, unless the configuration names another one. */
  readonly embeddedUrl: string | undefined;
  readonly seconds: number;
}

/**
 * The addresses of everything that runs. Its only password is that of the bundled PostgreSQL, which listens on loopback and
 * contains data of development.
 */
export const summary = ({ config, ports, embeddedUrl, seconds }: Summary): string => {
  const { host } = config.http;
  const rows: [string, string][] = [
    ['Web', readable(host, ports.web)],
    ['API', readable(host, ports.api)],
  ];
  if (config.mail === undefined) rows.push(['Inbox', `http://localhost:${ports.inbox}   receives every mail`]);
  if (embeddedUrl !== undefined) rows.push(['PostgreSQL', embeddedUrl], ['Data', config.app.dataDir]);
  rows.push(['Worker', `${readable(host, ports.worker)}/health/ready`]);
  const table = rows.map(([name, address]) => `  ${name.padEnd(12)}${address}`).join('\n');
  return `\n${config.app.name} is running after ${seconds.toFixed(1)} s. Ctrl-C stops it.\n\n${table}\n`;
};
