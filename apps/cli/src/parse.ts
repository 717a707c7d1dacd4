import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A whole number from 0 to 999,999, for an option. */
export const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

/** How many rows a list has at most. */
export const limit = (text: string): number => {
  const number = wholeNumber(text);
  if (number < 1 || number > 10_000) throw new InvalidArgumentError('It must be from 1 to 10000.');
  return number;
};

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time, or how long ago (`12h`): a function of now, in milliseconds since 1970. */
export const pastTime = (text: string): ((now: number) => number) => {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return (now) => now - Number(count) * (UNITS[unit] ?? 0);
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It must be a time such as 2026-11-21T20:00Z, or 90m, 12h, 7d.');
  return () => time;
};
