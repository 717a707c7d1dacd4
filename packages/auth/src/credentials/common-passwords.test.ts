import { describe, expect, test } from 'vitest';
import { commonPasswords } from './common-passwords.gen.ts';
import { isCommonPassword } from './common-passwords.ts';
import { foldPassword } from './fold-password.ts';

const listed = commonPasswords.slice(1, -1).split('\n');

describe('the bundled list', () => {
  test('has at least 10,000 passwords, each once, that the rule of 8 to 128 characters lets through', () => {
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThanOrEqual(10_000);
    expect(listed.filter((password) => [...password].length < 8 || [...password].length > 128)).toEqual([]);
  });

  test('is folded, without which its passwords would not be found', () => {
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
    '',
  ])('lets %j through', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});
