import { expect, test } from 'vitest';
import { prefersHtml } from './prefers-html.ts';

test.each([
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'text/html',
  'text/html, */*',
  '*/*, text/html;q=0.1',
  'text/html;q=0.1, application/*, */*',
  'text/html, application/json',
  'application/json, text/html',
  'application/json;q=0.5, text/html;q=0.5',
  'TEXT/HTML; q=0.5, application/json;q=0.4',
  'TEXT/HTML; Q=0.5, application/json;q=0.4',
  'application/json;q=0, text/html;q=0.1',
  'text/html;charset=utf-8, */*;q=0.1',
])('%s gets a page', (accept) => expect(prefersHtml(accept)).toBe(true));

test.each([
  undefined,
  '',
  '*/*',
  'text/*',
  'text/*, application/json;q=0.9',
  'application/json',
  'application/json, text/plain, */*',
  'text/html;q=0.5, application/json',
  'text/html;q=0.8, application/json;q=0.9, */*',
  'text/html;q=0, */*;q=0.1',
  'text/html;q=banana',
  'text/html;q=7, application/json;q=0.1',
  'application/xhtml+xml',
  'text/html5',
  `${'a/b,'.repeat(400)}text/html`,
])('%s gets JSON', (accept) => expect(prefersHtml(accept)).toBe(false));
