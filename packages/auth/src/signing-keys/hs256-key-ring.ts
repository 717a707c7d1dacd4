import type { KeyRing } from '../tokens/access-token.ts';

/** One shared secret, by its UTF-8 bytes: it signs and verifies, and nothing is published. */
export const hs256KeyRing = (secret: string): KeyRing => {
  const key = new TextEncoder().encode(secret);
  return {
    algorithm: 'HS256',
    signingKey: async () => ({ algorithm: 'HS256', kid: undefined, key }),
    verificationKey: async () => key,
    publicKeys: async () => ({ keys: [] }),
  };
};
