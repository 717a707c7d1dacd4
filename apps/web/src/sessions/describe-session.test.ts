import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { en } from '../i18n/en.ts';
import { zhCN } from '../i18n/zh-cn.ts';
import { describeDevice, timeAgo } from './describe-session.ts';

const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15';
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0)';

describe('describeDevice', () => {
  test.each([
    [`${WINDOWS} Edg/140.0.0.0`, 'Edge on Windows'],
    [WINDOWS, 'Chrome on Windows'],
    [`${WINDOWS} OPR/120.0.0.0`, 'Opera on Windows'],
    [`${IPHONE} Version/18.0 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
    [`${IPHONE} CriOS/140.0 Mobile Safari/604.1`, 'Chrome on iPhone'],
    [
      'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari on iPad',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0',
      'WeChat on Android',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15',
      'Safari on macOS',
    ],
    [`${LINUX} Gecko/20100101 Firefox/143.0`, 'Firefox on Linux'],
    [`${LINUX} AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36`, 'Chrome on Linux'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['node', 'node'],
    ['PostmanRuntime/7.36.0', 'PostmanRuntime/7.36.0'],
    ['', 'Unknown device'],
    ['   ', 'Unknown device'],
    [null, 'Unknown device'],
  ])('%s', (userAgent, device) => {
    expect(describeDevice(userAgent, en)).toBe(device);
  });

  test('uses the language of the page, and never more than a line', () => {
    expect(describeDevice(WINDOWS, zhCN)).toBe('Windows 上的 Chrome');
    expect(describeDevice('x'.repeat(500), en).length).toBe(40);
  });
});

describe('timeAgo', () => {
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
});
