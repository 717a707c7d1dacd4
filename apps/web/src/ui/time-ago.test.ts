import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { timeAgo } from './time-ago.ts';

beforeAll(() => {
  vi.useFakeTimers({ now: new Date('2026-03-10T12:00:00Z') });
});
afterAll(() => {
  vi.useRealTimers();
});

test.each([
  ['2026-03-10T12:00:00Z', 'now', '现在'],
  ['2026-03-10T11:59:01Z', 'now', '现在'],
  ['2026-03-10T11:59:00Z', '1 minute ago', '1分钟前'],
  ['2026-03-10T11:00:01Z', '59 minutes ago', '59分钟前'],
  ['2026-03-10T11:00:00Z', '1 hour ago', '1小时前'],
  ['2026-03-09T12:00:01Z', '23 hours ago', '23小时前'],
  ['2026-03-09T12:00:00Z', 'yesterday', '昨天'],
  ['2026-03-04T00:00:00Z', '6 days ago', '6天前'],
  ['2026-03-10T12:05:00Z', 'now', '现在'],
])('%s is %s, %s', (time, english, chinese) => {
  expect(timeAgo(time, 'en')).toBe(english);
  expect(timeAgo(time, 'zh-CN')).toBe(chinese);
});
