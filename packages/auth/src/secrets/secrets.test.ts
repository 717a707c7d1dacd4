import { expect, test } from 'vitest';
import { systemRandom } from '../system.ts';
import { deriveKey, seal, unseal } from './secrets.ts';

const key = deriveKey('a secret of tests alone', 'outbox');
const sealed = (plaintext = '{"to":"月光@example.com"}') => seal({ key, context: 'row 1', plaintext }, systemRandom);

test('a sealed text opens with the same key and context', () => {
  for (const plaintext of ['', 'x', '{"to":"月光@example.com"}', 'a'.repeat(100_000)])
    expect(unseal({ key, context: 'row 1', sealed: sealed(plaintext) })).toBe(plaintext);
});

test('a sealed text opens neither with another context nor with another key', () => {
  expect(unseal({ key, context: 'row 2', sealed: sealed() })).toBeUndefined();
  expect(unseal({ key: deriveKey('another secret', 'outbox'), context: 'row 1', sealed: sealed() })).toBeUndefined();
});

test('a sealed text does not open when a bit is changed, removed or added', () => {
  const bytes = Buffer.from(sealed(), 'base64url');
  const open = (changed: Buffer) => unseal({ key, context: 'row 1', sealed: changed.toString('base64url') });
  expect(open(bytes)).toBeDefined();
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(open(changed)).toBeUndefined();
    expect(open(bytes.subarray(0, index))).toBeUndefined();
  }
  expect(open(Buffer.concat([bytes, Buffer.of(0)]))).toBeUndefined();
});

test('garbage does not open, and causes no error', () => {
  for (const garbage of ['', 'x', '*'.repeat(80), 'A'.repeat(80)])
    expect(unseal({ key, context: 'row 1', sealed: garbage })).toBeUndefined();
});

test('the same text is sealed differently each time', () => {
  expect(new Set(Array.from({ length: 50 }, () => sealed('x'))).size).toBe(50);
});

test('each purpose has its own key, and the same secret gives the same key', () => {
  const purposes = ['refresh-token', 'verification-code', 'outbox', 'signing-key', 'limit-key', 'captcha'] as const;
  const keys = purposes.map((purpose) => deriveKey('a secret', purpose).export().toString('hex'));
  expect(new Set(keys).size).toBe(purposes.length);
  expect(deriveKey('a secret', 'outbox').export().toString('hex')).toBe(keys[2]);
  expect(keys.every((each) => each.length === 64)).toBe(true);
});
