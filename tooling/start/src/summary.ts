import type { Config } from '@moonlight/config';
import { webServer } from '@moonlight/build';
import { readable } from './addresses.ts';
import type { Ports } from './plan-ports.ts';

interface Running {
  readonly config: Config;
  readonly ports: Ports;
  readonly embeddedPort: number | undefined;
  readonly hasInbox: boolean;
  readonly seconds: number;
}

/** What is where, once everything runs. Secrets stay out of it: terminals are recorded and shared. */
export const summary = ({ config, ports, embeddedPort, hasInbox, seconds }: Running): string => {
  const { host } = config.http;
  const rows: [string, string][] = [];
  if (webServer !== undefined) rows.push(['Web', readable(host, ports.web)]);
  rows.push(['API', readable(host, ports.api)]);
  if (hasInbox) rows.push(['Inbox', `http://localhost:${ports.inbox}   every mail ends here`]);
  if (embeddedPort !== undefined) {
    rows.push(['PostgreSQL', `127.0.0.1:${embeddedPort}, database moonlight`], ['Data', config.app.dataDir]);
  }
  rows.push(['Worker', `${readable(host, ports.worker)}/health/ready`]);
  const table = rows.map(([name, where]) => `  ${name.padEnd(12)}${where}`).join('\n');
  return `\n${config.app.name} is running after ${seconds.toFixed(1)} s. Ctrl-C stops it.\n\n${table}\n`;
};
