import { expect, test } from 'vitest';
import { limitKey } from './limit-key.ts';

const secretKey = Buffer.alloc(32, 1);

test('a key names its limit and nothing of whom it is about', () => {
  expect(limitKey(secretKey, 'mail-cooldown', 'ann@example.org')).toMatch(/^mail-cooldown:[\w-]{22}$/);
});

test('the same parts make the same key', () => {
  expect(limitKey(secretKey, 'login', 'ann@example.org', '192.0.2.1')).toBe(
    limitKey(secretKey, 'login', 'ann@example.org', '192.0.2.1'),
  );
});

test('another secret, another name, and parts cut elsewhere make another key', () => {
  const keys = [
    limitKey(secretKey, 'login', 'a', 'bc'),
    limitKey(secretKey, 'login', 'ab', 'c'),
    limitKey(secretKey, 'login', 'a","bc'),
    limitKey(secretKey, 'login', 'abc'),
    limitKey(secretKey, 'login-ip', 'a', 'bc'),
    limitKey(Buffer.alloc(32, 2), 'login', 'a', 'bc'),
  ].map((key) => key.split(':')[1]);
  expect(new Set(keys).size).toBe(keys.length);
});
