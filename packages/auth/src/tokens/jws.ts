import { createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import ecdsa from 'ecdsa-sig-formatter';
import { z } from 'zod';

export type Algorithm = 'ES256' | 'HS256';

interface Signer {
  sign(input: Buffer, key: KeyObject): string;
  isGenuine(input: Buffer, signature: string, key: KeyObject): boolean;
}

// node:crypto works with DER signatures, and with a key that is not wrapped in options, in half of the time that it
// takes for the format of JWS (RFC 7518, 3.4); converting costs little. It works on the calling thread, because handing
// over to another one costs more than it saves, and waits there behind password hashes.
const SIGNERS: Readonly<Record<Algorithm, Signer>> = {
  ES256: {
    sign: (input, key) => ecdsa.derToJose(sign('sha256', input, key), 'ES256'),
    isGenuine: (input, signature, key) => verify('sha256', input, key, ecdsa.joseToDer(signature, 'ES256')),
  },
  HS256: {
    sign: (input, key) => createHmac('sha256', key).update(input).digest('base64url'),
    isGenuine: (input, signature, key) => {
      const expected = createHmac('sha256', key).update(input).digest();
      const given = Buffer.from(signature, 'base64url');
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  },
};

// The service writes no other member, so none is accepted: `crit`, `jwk` or `b64` could change what a signature means.
const headerSchema = z.strictObject({
  alg: z.enum(['ES256', 'HS256']),
  typ: z.literal('at+jwt'),
  kid: z.string().exactOptional(),
});

export type TokenHeader = Readonly<z.infer<typeof headerSchema>>;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Undefined when the part is no JSON. */
const decode = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
};

/** A JSON Web Signature in its compact form (RFC 7515, 7.1). */
export const signToken = (header: TokenHeader, claims: object, key: KeyObject): string => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${SIGNERS[header.alg].sign(Buffer.from(input), key)}`;
};

/** A token whose signature was not checked yet. */
export interface ParsedToken {
  readonly header: TokenHeader;
  /** The claims if `key` signed the token with the algorithm of its header; undefined otherwise. */
  verify(key: KeyObject): unknown;
}

/** Base64 decoders ignore white space and spare bits, so several strings may decode to one signature. One was issued. */
const isCanonical = (signature: string): boolean =>
  Buffer.from(signature, 'base64url').toString('base64url') === signature;

/** Reads a token in the compact form. Undefined when it is none, or when its header is not one that the service writes. */
export const parseToken = (token: string): ParsedToken | undefined => {
  const [head = '', payload = '', signature = '', ...rest] = token.split('.');
  const header = headerSchema.safeParse(decode(head)).data;
  if (header === undefined || rest.length > 0 || !isCanonical(signature)) return undefined;
  return {
    header,
    verify: (key) => {
      try {
        const input = Buffer.from(`${head}.${payload}`);
        return SIGNERS[header.alg].isGenuine(input, signature, key) ? decode(payload) : undefined;
      } catch {
        // The signature has another length than those of its algorithm.
        return undefined;
      }
    },
  };
};
