import type { ReactNode } from 'react';
import type { Words } from '../words/words.ts';

/** One kind of mail. Its body holds blanks where each mail differs. */
export interface Template {
  readonly subject: (words: Words, app: string) => string;
  readonly heading: (words: Words) => string;
  readonly body: (words: Words, app: string) => ReactNode;
}
