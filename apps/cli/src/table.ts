// A wide character takes two columns of a terminal.
const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g;

const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);

/** A text that was chosen by a user cannot move the cursor or start a new line. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');

/** A value for people: times in UTC, `-` for nothing. */
export const show = (value: Date | string | number | boolean | null | undefined): string => {
  if (value === null || value === undefined || value === '') return '-';
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return printable(String(value));
};

type Cell = Parameters<typeof show>[0];

/** Rows under their headers, in columns. */
export const table = (headers: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const lines = [headers, ...rows.map((row) => row.map(show))];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  const toLine = (line: readonly string[]): string =>
    line
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - widthOf(text)))
      .join('  ')
      .trimEnd();
  return lines.map(toLine).join('\n');
};

/** One line for each field. */
export const fields = (record: Readonly<Record<string, Cell>>): string =>
  table(
    ['', ''],
    Object.entries(record).map(([name, value]) => [`${name}:`, value]),
  ).trimStart();
