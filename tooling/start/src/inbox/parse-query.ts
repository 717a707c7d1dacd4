import type { Wanted } from './mailbox.ts';

const MAX_WAIT_SECONDS = 60;

const whole = (value: string | null): number | undefined => {
  if (value === null) return 0;
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
};

/** What `GET /api/messages` was asked; undefined when a number is none. Waiting is cut to a minute. */
export const parseQuery = (query: URLSearchParams): { wanted: Wanted; waitMs: number } | undefined => {
  const wait = whole(query.get('wait'));
  const after = whole(query.get('after'));
  if (wait === undefined || after === undefined) return undefined;
  const to = query.get('to')?.trim().toLowerCase();
  return { wanted: { to, after }, waitMs: Math.min(wait, MAX_WAIT_SECONDS) * 1000 };
};
