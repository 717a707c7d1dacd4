import type { KeyState, OutboxHealth } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { withAuth } from '../with-auth.ts';
import { count, type Finding, ok, wrong } from './finding.ts';

const checkKeys = (keys: readonly KeyState[], { unreadable }: OutboxHealth): Finding[] => {
  const closed = keys.filter(({ state }) => state === 'unreadable').length;
  const faults: (readonly [string, string])[] = [];
  if (closed > 0)
    faults.push([
      `${closed} of ${count(keys.length, 'signing key')} cannot be opened`,
      'Set the SECRET_KEY with which they were sealed. If it is lost: all access tokens end, and the service makes a new key.',
    ]);
  if (unreadable > 0)
    faults.push([
      `${count(unreadable, 'waiting mail')} cannot be opened`,
      'Set the SECRET_KEY with which they were sealed; without it they are dropped when they expire.',
    ]);
  if (faults.length > 0) return faults.map((fault) => wrong('keys', 'SECRET_KEY', fault));
  return [ok('keys', `SECRET_KEY opens ${count(keys.length, 'signing key')} and all waiting mails`)];
};

const checkWorker = ({ untried, untriedSince, failing }: OutboxHealth): Finding[] => {
  const findings: Finding[] = [];
  if (untried > 0)
    findings.push(
      wrong('worker', null, [
        `no worker has tried ${count(untried, 'mail')}, the oldest since ${untriedSince?.toISOString() ?? 'long ago'}`,
        'Start a worker, or read its log: it needs the same DATABASE_URL and REDIS_URL.',
      ]),
    );
  for (const { error, count: failed } of failing)
    findings.push(
      wrong('worker', 'MAIL_SERVER', [
        `${count(failed, 'mail')} failed five times or more (${error ?? 'unknown'})`,
        'Look at the findings about mail. When they are corrected: moonlight mail retry --all --reason …',
      ]),
    );
  return findings.length > 0 ? findings : [ok('worker', 'no mail waits longer than it should')];
};

/** Whether SECRET_KEY opens what is stored, and whether a worker sends the mails. */
export const checkStored = (config: Config): Promise<Finding[]> =>
  withAuth(config, async (deps) => {
    const { examineOutbox, listKeys } = await import('@moonlight/auth');
    const [keys, outbox] = await Promise.all([listKeys(deps), examineOutbox(deps)]);
    return [...checkKeys(keys, outbox), ...checkWorker(outbox)];
  });
