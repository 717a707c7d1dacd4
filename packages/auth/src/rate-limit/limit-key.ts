import { createHmac } from 'node:crypto';

/**
 * The key a limit is counted under: its name in clear, what it is about as a keyed hash (HMAC-SHA-256, of which 128 bits
 * are plenty against chance), so that whoever reads the store learns no address. Parts are compared exactly: addresses
 * come lower-cased, IP addresses through `limitSubject`.
 */
export const limitKey = (secretKey: Buffer, name: string, ...parts: readonly string[]): string => {
  // As JSON no two lists of parts look alike, wherever their separators stand.
  const hash = createHmac('sha256', secretKey).update(JSON.stringify([name, ...parts]));
  return `${name}:${hash.digest().subarray(0, 16).toString('base64url')}`;
};
