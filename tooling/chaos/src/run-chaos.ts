import { setTimeout as pause } from 'node:timers/promises';
import { type Registration, registerUntilAnswered } from './register.ts';
import { type Arrival, type ChaosService, type QueueKind, startService, type Victim } from './start-service.ts';

export interface ChaosOptions {
  readonly queue: QueueKind;
  readonly registrations: number;
  readonly kills: number;
  /** How long a victim is away. */
  readonly awaySeconds: number;
  /** Ends the leases of killed workers at once, instead of after two minutes. */
  readonly endsLeases?: boolean;
}

/** One kill, with the registrations that were made around it. */
export interface Outage {
  readonly victim: string;
  readonly killedAt: number;
  /** Milliseconds since 1970: from then on it accepts connections again. */
  readonly backAt: number;
  readonly registrations: readonly Registration[];
  /** The first registration after it was back. */
  readonly probe: Registration;
}

export interface ChaosResult {
  readonly queue: QueueKind;
  readonly outages: readonly Outage[];
  readonly arrivals: readonly Arrival[];
}

const CLIENTS = 8;
const RECOVERY_MS = 30_000;
/** Longer than the lease of a killed worker. A mail that takes longer is lost. */
const PATIENCE_MS = 150_000;
const POLL_MS = 100;

const usernames = () => {
  let count = 0;
  return () => `person_${(count += 1)}`;
};

interface Round {
  readonly victim: Victim;
  readonly size: number;
  readonly nextName: () => string;
}

/** Waits for the mails of registrations, `patienceMs` at most. Returns all mails so far. */
const mailsArrived = async (
  { arrivals }: ChaosService,
  registrations: readonly Registration[],
  patienceMs: number,
): Promise<Arrival[]> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const all = await arrivals();
    const recipients = new Set(all.map(({ to }) => to));
    if (registrations.every(({ email }) => recipients.has(email)) || performance.now() > deadline) return all;
    await pause(POLL_MS);
  }
};

/** Clients register; when a quarter is answered the victim is killed, and comes back. */
const killOnce = async (
  service: ChaosService,
  { victim, size, nextName }: Round,
  options: ChaosOptions,
): Promise<Outage> => {
  const registrations: Registration[] = [];
  const quarter = Promise.withResolvers<void>();
  let left = size - 1;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      registrations.push(await registerUntilAnswered(service.url, nextName()));
      if (registrations.length >= size / 4) quarter.resolve();
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  await Promise.race([quarter.promise, clients]);
  const killedAt = Date.now();
  await victim.kill();
  await pause(options.awaySeconds * 1000);
  if (victim.name === 'workers' && options.endsLeases === true) await service.endLeases();
  await victim.restart();
  const backAt = Date.now();
  const probe = await registerUntilAnswered(service.url, nextName());
  await clients;
  // The next kill must not add to the time that the service needs to recover from this one.
  await mailsArrived(service, [probe], RECOVERY_MS);
  return { victim: victim.name, killedAt, backAt, registrations, probe };
};

/**
 * Registers accounts while it kills the parts of the service in turn, and waits for their mails. Rejects when an answer
 * is neither a success nor one that a client may repeat, and when a process does not stop with exit code 0 at the end.
 */
export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { queue, registrations, kills } = options;
  const service = await startService(queue);
  const nextName = usernames();
  try {
    const outages: Outage[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      const victim = service.victims[kill % service.victims.length];
      if (victim === undefined) throw new Error('There is nothing to kill.');
      const size = Math.floor((registrations * (kill + 1)) / kills) - Math.floor((registrations * kill) / kills);
      outages.push(await killOnce(service, { victim, size, nextName }, options));
    }
    const answered = outages.flatMap((outage) => [...outage.registrations, outage.probe]);
    return { queue, outages, arrivals: await mailsArrived(service, answered, PATIENCE_MS) };
  } finally {
    await service.close();
  }
};
