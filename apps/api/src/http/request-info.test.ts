import { expect, test } from 'vitest';
import { pickLocale } from './request-info.ts';

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['en', 'en'],
  ['EN-gb', 'en'],
  ['zh', 'zh-CN'],
  ['ZH-cn', 'zh-CN'],
  ['zh-TW', 'zh-CN'],
  ['zh-Hant-HK', 'zh-CN'],
  ['zhx', 'en'],
  ['fr', 'en'],
  ['fr, zh-CN', 'zh-CN'],
  ['fr-FR,fr;q=0.9,zh;q=0.1', 'zh-CN'],
  ['en, zh', 'en'],
  ['zh, en', 'zh-CN'],
  ['en;q=0.5, zh;q=0.8', 'zh-CN'],
  ['zh;q=0.5,en;q=0.8', 'en'],
  ['zh ; q=0.5 , en ; q=0.4', 'zh-CN'],
  ['zh;Q=0.1, en;q=0.2', 'en'],
  ['zh;q=0', 'en'],
  ['zh;q=0, fr', 'en'],
  ['zh;q=abc, en;q=0.1', 'en'],
  ['zh;q=, en;q=0.1', 'en'],
  ['*', 'en'],
  ['zh;q=0.3, *;q=0.2', 'zh-CN'],
  [',,;;q=1,zh', 'zh-CN'],
])('Accept-Language %s', (header, locale) => {
  expect(pickLocale(header)).toBe(locale);
});

test('at most 512 characters are read', () => {
  expect(pickLocale(`${'fr,'.repeat(170)}zh`)).toBe('zh-CN');
  expect(pickLocale(`${'fr,'.repeat(171)}zh`)).toBe('en');
  expect(pickLocale(';'.repeat(100_000))).toBe('en');
});
