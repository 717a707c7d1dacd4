import { envSchema } from './env.ts';

/**
 * The number of inserted, deleted, replaced or swapped characters between two names (optimal string alignment).
 * A swap is the most frequent typing error, and libraries for the Levenshtein distance count it as two.
 */
export const editDistance = (left: string, right: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const replaced = (last[column - 1] ?? 0) + (isSame ? 0 : 1);
      const shifted = Math.min(last[column] ?? 0, current[column - 1] ?? 0) + 1;
      const swapped = isSwap ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min(replaced, shifted, swapped));
    }
    [beforeLast, last] = [last, current];
  }
  return last[right.length] ?? 0;
};

const KNOWN = Object.keys(envSchema.shape);

const WORDS = new Set(KNOWN.flatMap((name) => name.split('_')));

// Short names have unrelated neighbours, such as APP_HOME beside APP_NAME.
const toleranceOf = (name: string): number => {
  if (name.length < 8) return 0;
  return name.length < 12 ? 1 : 2;
};

// So long a name has no neighbour in another program that differs by one character.
const LONG = 16;

/** Names of one word (HOSTS, PORTS) and names of correct words (METRICS_HOST, EMAIL_PORT) belong to other programs. */
const isUnrelated = (name: string): boolean =>
  !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(name) || name.split('_').every((word) => WORDS.has(word));

/** The name without endings and underscores: EXPIRE_MINUTE is EXPIRE_MINUTES, and FRONTENDURL is FRONTEND_URL. */
const stemOf = (name: string): string =>
  name
    .split('_')
    .map((word) => word.replace(/IES$/, 'Y').replace(/(?:S|ED)$/, ''))
    .join('');

// Other programs have LOGLEVEL.
const BY_STEM = new Map(KNOWN.filter((name) => name.length >= 10).map((name) => [stemOf(name), name]));

const meantBy = (name: string): string | undefined =>
  BY_STEM.get(stemOf(name)) ??
  KNOWN.filter((known) => Math.abs(known.length - name.length) <= toleranceOf(known))
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .filter(({ known, distance }) =>
      isUnrelated(name) ? distance === 1 && known.length >= LONG : distance <= toleranceOf(known),
    )
    .toSorted((one, other) => one.distance - other.distance)[0]?.known;

/**
 * One sentence for each variable whose name is almost that of a setting: `ACOUNT_PRIVACY` would otherwise be ignored, and
 * the service would run with a default that its operator believes to have changed.
 * If the setting itself is present too, the other variable belongs to another program (DATABASE_URL_RO).
 */
export const misspellings = (names: readonly string[]): string[] =>
  names.flatMap((name) => {
    const meant = KNOWN.includes(name) ? undefined : meantBy(name);
    return meant === undefined || names.includes(meant) ? [] : [`${name}: unknown variable; did you mean ${meant}?`];
  });
