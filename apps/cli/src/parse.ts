import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A whole number from 0 to 999,999, for an option. */
export const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};
