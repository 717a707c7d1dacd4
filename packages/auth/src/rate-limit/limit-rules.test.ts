import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AuthDeps } from '../deps.ts';
import type { LimitRule } from './limits-store.ts';
import { testRequest, testSettings } from '../testing/test-inputs.ts';
import { mailCaptchaRules, ipSubject, limitKey, limitRule, loginLimits, mailLimits } from './limit-rules.ts';

const secretKey = createSecretKey(Buffer.alloc(32, 1));

test('a key contains the name of its limit, and no email', () => {
  expect(limitKey(secretKey, 'mail-cooldown', ['ann@example.org'])).toMatch(/^mail-cooldown:[\w-]{22}$/);
});

test('the same parts give the same key', () => {
  expect(limitKey(secretKey, 'login', ['ann@example.org', '192.0.2.1'])).toBe(
    limitKey(secretKey, 'login', ['ann@example.org', '192.0.2.1']),
  );
});

test('another secret, another name, and differently separated parts give another key', () => {
  const keys = [
    limitKey(secretKey, 'login', ['a', 'bc']),
    limitKey(secretKey, 'login', ['ab', 'c']),
    limitKey(secretKey, 'login', ['a","bc']),
    limitKey(secretKey, 'login', ['abc']),
    limitKey(secretKey, 'login-ip', ['a', 'bc']),
    limitKey(createSecretKey(Buffer.alloc(32, 2)), 'login', ['a', 'bc']),
  ].map((key) => key.split(':')[1]);
  expect(new Set(keys).size).toBe(keys.length);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['0:0:0:0:0:ffff:255.255.255.255', '255.255.255.255'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::ffff:192.0.2.7', '2001:db8:0:0::/64'],
  ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['', ''],
])('%s is counted as %s', (ip, subject) => {
  expect(ipSubject(ip)).toBe(subject);
});

/** The rule as it is for IPv6: ten times as much for the /48. */
const withSite = ({ key, limit, windowSeconds }: LimitRule, siteKey: string) => ({
  key,
  limit,
  windowSeconds,
  wider: { key: siteKey, limit: 10 * limit, windowSeconds },
});

// The table is used as it is: only the settings and the limits' key are read.
const deps = { settings: testSettings, secrets: { limitKey: secretKey } } as AuthDeps;
const request = testRequest({ ip: '2001:db8::7' });
const keyOf = (name: string, ...parts: string[]) => limitKey(secretKey, name, parts);

test('a login has growing waits per email and IP address, a limit per IP address and one per email', () => {
  expect(loginLimits(deps, 'Ann@Example.org', request)).toEqual({
    pair: {
      key: keyOf('login', 'ann@example.org', '2001:db8:0:0::/64'),
      free: 5,
      longestSeconds: 900,
      memorySeconds: 86_400,
    },
    ip: withSite(
      { key: keyOf('login-ip', '2001:db8:0:0::/64'), limit: 100, windowSeconds: 900 },
      keyOf('login-ip', '2001:db8:0::/48'),
    ),
    email: { key: keyOf('login-address', 'ann@example.org'), limit: 10, windowSeconds: 900 },
  });
});

test('a mail has a cooldown and two daily limits per email and purpose, and an hourly limit per IP address; it counts for captchas', () => {
  expect(mailLimits(deps, { email: 'Ann@Example.org', purpose: 'reset' }, request)).toEqual({
    email: [
      { key: keyOf('mail-cooldown', 'reset', 'ann@example.org'), limit: 1, windowSeconds: 60 },
      withSite(
        { key: keyOf('mail-day', 'reset', 'ann@example.org', '2001:db8:0:0::/64'), limit: 10, windowSeconds: 86_400 },
        keyOf('mail-day', 'reset', 'ann@example.org', '2001:db8:0::/48'),
      ),
      { key: keyOf('mail-day-total', 'reset', 'ann@example.org'), limit: 30, windowSeconds: 86_400 },
      { key: keyOf('captcha-address', 'ann@example.org'), limit: expect.any(Number), windowSeconds: 86_400 },
    ],
    ip: withSite(
      { key: keyOf('mail-ip', '2001:db8:0:0::/64'), limit: 100, windowSeconds: 3600 },
      keyOf('mail-ip', '2001:db8:0::/48'),
    ),
  });
  const limits = { ...testSettings.limits, mailCooldownSeconds: 0 };
  const withoutCooldown = { ...deps, settings: { ...testSettings, limits } };
  expect(mailLimits(withoutCooldown, { email: 'a@example.org', purpose: 'verify' }, request).email).toHaveLength(3);
});

test('a mail needs a captcha after a number of calls per IP address and of mails per email', () => {
  expect(mailCaptchaRules(deps, 'Ann@Example.org', request)).toEqual({
    ip: withSite(
      { key: keyOf('captcha-ip', '2001:db8:0:0::/64'), limit: 5, windowSeconds: 900 },
      keyOf('captcha-ip', '2001:db8:0::/48'),
    ),
    email: { key: keyOf('captcha-address', 'ann@example.org'), limit: 3, windowSeconds: 86_400 },
  });
});

test('registrations and questions about an email are limited per IP address', () => {
  expect(limitRule(deps, 'register-ip', request)).toEqual(
    withSite(
      { key: keyOf('register-ip', '2001:db8:0:0::/64'), limit: 50, windowSeconds: 3600 },
      keyOf('register-ip', '2001:db8:0::/48'),
    ),
  );
  expect(limitRule(deps, 'check-email-ip', request)).toEqual(
    withSite(
      { key: keyOf('check-email-ip', '2001:db8:0:0::/64'), limit: 60, windowSeconds: 60 },
      keyOf('check-email-ip', '2001:db8:0::/48'),
    ),
  );
});

test('a limit per IPv4 address has no wider one, and a wider limit fits the database', () => {
  expect(limitRule(deps, 'register-ip', { ip: '::ffff:192.0.2.1' })).toEqual({
    key: keyOf('register-ip', '192.0.2.1'),
    limit: 50,
    windowSeconds: 3600,
  });
  const limits = { ...testSettings.limits, registrationsPerIpPerHour: 999_999_999 };
  const { wider } = limitRule({ ...deps, settings: { ...testSettings, limits } }, 'register-ip', request);
  expect(wider?.limit).toBeLessThan(2 ** 31);
});
