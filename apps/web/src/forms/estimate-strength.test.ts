import { describe, expect, test } from 'vitest';
import { passwordData } from '../../vite-plugins.ts';
import { createStrengthEstimator } from './estimate-strength.ts';

const estimateStrength = createStrengthEstimator(passwordData());

test.each([
  ['', 0],
  ['aB3$xyz', 0],
  ['aaaaaaaaaaaa', 1],
  ['qwertyuiop', 1],
  ['password123', 1],
  ['P@ssw0rd', 1],
  ['12345678901234', 1],
  ['hunter2hunter2', 1],
  ['correct horse battery staple', 4],
  ['woaini1314', 1],
  ['月光如水照缁衣裳', 2],
  ['T7#kv!qz92Lm', 4],
])('%s has strength %i', (password, strength) => {
  expect(estimateStrength(password, [])).toBe(strength);
});

describe('personal texts', () => {
  const personal = ['alice.wonder@example.com', 'alice_w', 'Moonlight'];

  test('and the words in them lower the strength', () => {
    expect(estimateStrength('alice.wonder2024', [])).toBeGreaterThan(estimateStrength('alice.wonder2024', personal));
    expect(estimateStrength('alice_walice_w', personal)).toBe(1);
    expect(estimateStrength('moonlight', personal)).toBe(1);
  });
});

test('a long password is estimated by its beginning', () => {
  expect(estimateStrength('aB3$'.repeat(32), [])).toBe(1);
  expect(estimateStrength('1'.repeat(128), [])).toBe(1);
  expect(estimateStrength('a long and quiet night, '.repeat(5), [])).toBe(4);
});
