import { expect, test } from 'vitest';
import { systemRandom } from '../system.ts';
import { deriveKeys, type KeyPurpose, seal, unseal } from './secrets.ts';

const keysOf = (purpose: KeyPurpose, secretKey = 'a secret of tests alone', ...previousSecretKeys: string[]) =>
  deriveKeys({ secretKey, previousSecretKeys }, purpose);
const keys = keysOf('outbox');
const sealed = (plaintext = '{"to":"月光@example.com"}') => seal(keys, { context: 'row 1', plaintext }, systemRandom);

test('a sealed text opens with the same key and context', () => {
  for (const plaintext of ['', 'x', '{"to":"月光@example.com"}', 'a'.repeat(100_000)])
    expect(unseal(keys, { context: 'row 1', sealed: sealed(plaintext) })).toBe(plaintext);
});

test('a sealed text opens neither with another context nor with another key', () => {
  expect(unseal(keys, { context: 'row 2', sealed: sealed() })).toBeUndefined();
  expect(unseal(keysOf('outbox', 'another secret'), { context: 'row 1', sealed: sealed() })).toBeUndefined();
});

test('a sealed text does not open when a bit is changed, removed or added', () => {
  const bytes = Buffer.from(sealed(), 'base64url');
  const open = (changed: Buffer) => unseal(keys, { context: 'row 1', sealed: changed.toString('base64url') });
  expect(open(bytes)).toBeDefined();
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(open(changed)).toBeUndefined();
    expect(open(bytes.subarray(0, index))).toBeUndefined();
  }
  expect(open(Buffer.concat([bytes, Buffer.of(0)]))).toBeUndefined();
});

test('what an older secret sealed still opens, and the current one seals', () => {
  const old = sealed('x');
  const changed = keysOf('outbox', 'a new secret', 'a secret of tests alone');
  expect(unseal(changed, { context: 'row 1', sealed: old })).toBe('x');
  const fresh = seal(changed, { context: 'row 1', plaintext: 'y' }, systemRandom);
  expect(unseal(keys, { context: 'row 1', sealed: fresh })).toBeUndefined();
  expect(unseal(keysOf('outbox', 'a new secret'), { context: 'row 1', sealed: fresh })).toBe('y');
});

test('garbage does not open, and causes no error', () => {
  for (const garbage of ['', 'x', '*'.repeat(80), 'A'.repeat(80)])
    expect(unseal(keys, { context: 'row 1', sealed: garbage })).toBeUndefined();
});

test('the same text is sealed differently each time', () => {
  expect(new Set(Array.from({ length: 50 }, () => sealed('x'))).size).toBe(50);
});

test('each purpose has its own key, and the same secret gives the same key', () => {
  const purposes = ['refresh-token', 'verification-code', 'outbox', 'signing-key', 'limit-key', 'captcha'] as const;
  const derived = purposes.map((purpose) => keysOf(purpose, 'a secret')[0].key.export().toString('hex'));
  expect(new Set(derived).size).toBe(purposes.length);
  expect(keysOf('outbox', 'a secret')[0].key.export().toString('hex')).toBe(derived[2]);
  expect(derived.every((each) => each.length === 64)).toBe(true);
});
