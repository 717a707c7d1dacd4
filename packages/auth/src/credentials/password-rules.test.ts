import { describe, expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import listed from './common-passwords.json' with { type: 'json' };
import { foldPassword, isCommonPassword, refuseCommonPassword } from './password-rules.ts';

describe('the bundled list', () => {
  test('has at least 10,000 different passwords, each with 8 to 128 characters', () => {
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThanOrEqual(10_000);
    expect(listed.filter((password) => [...password].length < 8 || [...password].length > 128)).toEqual([]);
  });

  test('is folded, because passwords are looked up in folded form', () => {
    expect(listed.filter((password) => foldPassword(password) !== password)).toEqual([]);
  });
});

describe('isCommonPassword', () => {
  test.each(['password', 'PassWord1', 'ｐａｓｓｗｏｒｄ', '1QAZ2wsx', listed.at(-1)!])('finds %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  test.each([
    'a long and quiet night',
    '密码密码密码密码',
    'passwor',
    'assword',
    'password ',
    ' password',
    'password 12345678',
    'constructor',
    '__proto__',
    '',
  ])('does not find %j', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});

describe('refuseCommonPassword', () => {
  const alice = { email: 'Alice.Liddell@example.com', username: 'alice_liddell' };
  const tooCommon = new AuthError('PASSWORD_TOO_COMMON');

  test.each(['sunshine', 'SunShine', 'alice.liddell@EXAMPLE.com', 'ALICE_LIDDELL'])('refuses %s', (password) => {
    expect(() => refuseCommonPassword(password, alice)).toThrow(tooCommon);
  });

  test('accepts other passwords, also those that only contain the email or the username', () => {
    for (const password of ['a long and quiet night', 'alice_liddell in wonderland', 'alice.liddell@example.org'])
      expect(() => refuseCommonPassword(password, alice)).not.toThrow();
  });

  test('refuses a listed password when neither email nor username is known', () => {
    expect(() => refuseCommonPassword('sunshine', {})).toThrow(tooCommon);
    expect(() => refuseCommonPassword('alice_liddell', {})).not.toThrow();
  });
});
