import { recordOperation } from '../audit/audit.ts';
import type { AuthDeps } from '../deps.ts';
import { rotateSigningKeys } from '../signing-keys/rotate-signing-keys.ts';
import type { Operator } from './operator.ts';

/**
 * Adds a signing key at once. It is published now, and is used for new tokens from ten minutes on, when every verifier knows it; the old one is
 * accepted until its last access token has expired.
 */
export const rotateKeys = async (deps: AuthDeps, { actor, reason }: Operator): Promise<void> => {
  const { db, random, secrets, clock } = deps;
  await rotateSigningKeys({ db, random, sealingKeys: secrets.signingKey }, clock.now(), {
    isForced: true,
    onCreated: (tx, { kid }) =>
      recordOperation(tx, deps, { event: 'signing_key_rotated', actor, details: { kid, reason } }),
  });
};
