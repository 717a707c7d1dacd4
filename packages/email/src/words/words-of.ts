import type { Locale } from '@moonlight/contracts';
import { en } from './en.ts';
import type { Words } from './words.ts';
import { zhCN } from './zh-cn.ts';

/** The sentences of each language the service speaks. */
export const wordsOf = { en, 'zh-CN': zhCN } satisfies Record<Locale, Words>;
