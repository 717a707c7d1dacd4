const SNAKE = /^[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)+$/;
const CAMEL = /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+$/;

const swapPart = (part: string): string => {
  if (SNAKE.test(part)) return part.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (CAMEL.test(part)) return part.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return part;
};

/**
 * The other spelling of a name: `new_password` for `newPassword` and the other way round; everything else stays.
 * Swapping twice gives the name back, so a key that is written in the wrong door's spelling becomes one that the schema
 * does not know, and its refusal names it as it was sent. Dotted paths are swapped part by part.
 */
export const swapCase = (name: string): string =>
  name.includes('.') ? name.split('.').map(swapPart).join('.') : swapPart(name);

// The names in our own answers are few; those in requests are without end and are never kept.
const known = new Map<string, string>();

/** Like swapCase, remembered. For names of our own schemas only. */
export const swapKnown = (name: string): string => {
  const before = known.get(name);
  if (before !== undefined) return before;
  const swapped = swapCase(name);
  known.set(name, swapped);
  return swapped;
};
