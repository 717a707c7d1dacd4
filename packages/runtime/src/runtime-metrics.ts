import { collectDefaultMetrics, Counter, Gauge, type Registry } from 'prom-client';

/** What a process does at this moment, and what it has counted since its start. */
export interface RuntimeStatus {
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number };
  readonly hashing: { readonly running: number; readonly waiting: number };
  readonly tokenCache: { readonly hits: number; readonly misses: number };
  /** Whether limits are counted in memory because their store does not answer. */
  readonly areLimitsInMemory: boolean;
}

interface Reading {
  /** A name that ends with `_total` is a counter, any other a gauge. */
  readonly name: string;
  readonly help: string;
  readonly label: string;
  /** The values by the value of the label; one without a label has the key ''. */
  readonly read: (status: RuntimeStatus) => Readonly<Record<string, number>>;
}

const READINGS: readonly Reading[] = [
  {
    name: 'database_pool_connections',
    help: 'Connections to PostgreSQL, by state.',
    label: 'state',
    read: ({ pool: { total, idle } }) => ({ idle, active: total - idle }),
  },
  {
    name: 'database_pool_waiting_calls',
    help: 'Calls that wait for a connection to PostgreSQL.',
    label: '',
    read: ({ pool }) => ({ '': pool.waiting }),
  },
  {
    name: 'password_hashes',
    help: 'Password hashes that are being computed, and those that wait for a core.',
    label: 'state',
    read: ({ hashing: { running, waiting } }) => ({ running, waiting }),
  },
  {
    name: 'limits_fallback_active',
    help: '1 while limits are counted in memory because their store does not answer, otherwise 0.',
    label: '',
    read: ({ areLimitsInMemory }) => ({ '': areLimitsInMemory ? 1 : 0 }),
  },
  {
    name: 'token_cache_lookups_total',
    help: 'Access tokens that were looked up among the verified ones, by result.',
    label: 'result',
    read: ({ tokenCache: { hits, misses } }) => ({ hit: hits, miss: misses }),
  },
];

const metricOf = ({ name, help, label, read }: Reading, status: () => RuntimeStatus) => {
  const labelsOf = (value: string) => (label === '' ? {} : { [label]: value });
  const values = () => Object.entries(read(status()));
  const options = { name, help, labelNames: label === '' ? [] : [label], registers: [] };
  if (!name.endsWith('_total'))
    return new Gauge({
      ...options,
      collect() {
        for (const [value, amount] of values()) this.set(labelsOf(value), amount);
      },
    });
  return new Counter({
    ...options,
    collect() {
      this.reset();
      for (const [value, amount] of values()) this.inc(labelsOf(value), amount);
    },
  });
};

/**
 * Registers the metrics of Node (memory, event loop, processor time) and of the parts that API and worker share. They
 * read the status when they are scraped, so they cost nothing between two scrapes.
 */
export const registerRuntimeMetrics = (registry: Registry, status: () => RuntimeStatus): void => {
  collectDefaultMetrics({ register: registry });
  for (const reading of READINGS) registry.registerMetric(metricOf(reading, status));
};
