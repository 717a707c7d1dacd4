/** 0 too short, 1 easy to guess, 2 so-so, 3 good, 4 very good. */
export type Strength = 0 | 1 | 2 | 3 | 4;

const SHORTEST = 8;
// Bits at which guessing by somebody who stole the hash gets dear (argon2id, about 100 guesses a second and core).
const THRESHOLDS = [30, 45, 60] as const;
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1234567890', 'abcdefghijklmnopqrstuvwxyz'];
const FAMILIAR = /passw[o0]rd|passwort|letmein|welcome|iloveyou|monkey|dragon|admin|login|secret|woaini|moonlight/g;

const isNeighbour = (before: string, character: string): boolean =>
  ROWS.some((row) => {
    const [a, b] = [row.indexOf(before), row.indexOf(character)];
    return a >= 0 && b >= 0 && Math.abs(a - b) <= 1;
  });

const alphabetOf = (password: string): number => {
  const kinds: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[ -/:-@[-`{-~]/, 33],
    [/[^\u0000-\u007f]/, 500],
  ];
  return kinds.reduce((size, [pattern, count]) => size + (pattern.test(password) ? count : 0), 0);
};

// A character that repeats its neighbour, walks along the keyboard or was seen before tells a guesser less.
const surprisesIn = (characters: readonly string[]): number =>
  characters.reduce((sum, character, index) => {
    const before = characters[index - 1];
    if (before !== undefined && (before === character || isNeighbour(before, character))) return sum + 0.2;
    return sum + (characters.indexOf(character) < index ? 0.7 : 1);
  }, 0);

/**
 * A rough guess at how hard a password is to guess: characters that surprise, times the bits each may carry. Familiar
 * words, and `personal` ones (address, name), count as a single character. It only hints; the service decides.
 */
export const passwordStrength = (password: string, personal: readonly string[]): Strength => {
  const characters = [...password];
  if (characters.length < SHORTEST) return 0;
  const own = personal.flatMap((text) => text.toLowerCase().split('@')).filter((text) => text.length >= 3);
  const plain = own.reduce((text, word) => text.replaceAll(word, '\u0001'), password.toLowerCase());
  const rest = [...plain.replaceAll(FAMILIAR, '\u0001')];
  const bits = surprisesIn(rest) * Math.log2(alphabetOf(password));
  const [soSo, good, veryGood] = THRESHOLDS;
  if (bits >= veryGood) return 4;
  if (bits >= good) return 3;
  return bits >= soSo ? 2 : 1;
};
