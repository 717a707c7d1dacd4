import { type Dictionary, en } from './en.ts';
import type { Locale } from './locale.ts';
import { zhCN } from './zh-cn.ts';

/** What the pages say, by language. */
export const dictionaries: Readonly<Record<Locale, Dictionary>> = { en, 'zh-CN': zhCN };
