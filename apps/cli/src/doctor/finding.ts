/** What a check is about. */
export type Area = 'configuration' | 'database' | 'queue' | 'mail' | 'keys' | 'worker' | 'captcha';

/** One result of a check: all well, or what is wrong and what to do. */
export interface Finding {
  readonly area: Area;
  readonly status: 'ok' | 'wrong';
  /** The environment variable to look at; null where none is to blame. */
  readonly variable: string | null;
  readonly seen: string;
  /** What to do; null for `ok`. */
  readonly advice: string | null;
}

export const ok = (area: Area, seen: string): Finding => ({ area, status: 'ok', variable: null, seen, advice: null });

/** A fault: the variable, what was seen, what to do. */
export const wrong = (area: Area, variable: string | null, [seen, advice]: readonly [string, string]): Finding => ({
  area,
  status: 'wrong',
  variable,
  seen,
  advice,
});

/** `1 mail`, `2 mails`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
