import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A whole number of seconds, for an option. */
export const seconds = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
};
