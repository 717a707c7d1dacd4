import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId, systemRandom } from '../system.ts';
import { issueRefreshToken, readRefreshToken } from './opaque-tokens.ts';

const keyOf = (byte: number) => ({ secretId: `secret ${byte}`, key: createSecretKey(Buffer.alloc(32, byte)) });
const key = keyOf(3);
const content = { sessionId: newId(systemRandom, new Date()), counter: 4_000_000_000 };

test('the same content gives the same opaque token, which can be read', () => {
  const token = issueRefreshToken(key, content);
  expect(token).toMatch(/^[\w-]{71}$/);
  expect(issueRefreshToken(key, content)).toBe(token);
  expect(readRefreshToken([key], token)).toEqual(content);
  expect(issueRefreshToken(key, { ...content, counter: 0 })).not.toBe(token);
});

test('a token with any changed byte, or another key, is not accepted', () => {
  const bytes = Buffer.from(issueRefreshToken(key, content), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 0x80;
    expect(readRefreshToken([key], changed.toString('base64url'))).toBeUndefined();
  }
  expect(readRefreshToken([keyOf(4)], bytes.toString('base64url'))).toBeUndefined();
  expect(readRefreshToken([keyOf(4), key], bytes.toString('base64url'))).toEqual(content);
});
