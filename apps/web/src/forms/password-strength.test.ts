import { expect, test } from 'vitest';
import { passwordStrength } from './password-strength.ts';

test.each([
  ['', 0],
  ['aB3$xyz', 0],
  ['aaaaaaaaaaaa', 1],
  ['qwertyuiop', 1],
  ['password123', 1],
  ['12345678901234', 1],
  ['hunter2hunter2', 3],
  ['correct horse battery staple', 4],
  ['月光如水照缁衣裳', 4],
  ['T7#kv!qz92Lm', 4],
])('%s is %i', (password, strength) => {
  expect(passwordStrength(password, [])).toBe(strength);
});

test('what somebody could guess from the account counts for little', () => {
  const personal = ['alice.wonder@example.com', 'alice_w'];
  expect(passwordStrength('alice.wonder2024', [])).toBeGreaterThan(passwordStrength('alice.wonder2024', personal));
  expect(passwordStrength('alice_walice_w', personal)).toBe(1);
});
