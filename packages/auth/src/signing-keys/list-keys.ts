import type { AuthDeps } from '../deps.ts';
import { type KeySet, unseal } from '../secrets/secrets.ts';
import { secondsAfter } from '../system.ts';
import { RETIRED_SIGNS_SECONDS } from './key-ring.ts';
import { listSigningKeys, type SigningKeyRow } from './signing-keys-store.ts';

/** A signing key as an operator sees it. */
export interface KeyState {
  readonly kid: string;
  readonly createdAt: Date;
  readonly activatesAt: Date;
  /**
   * `next`: published, and will sign; `signing`; `accepted`: tokens that it signed may not have expired; `ended`: no such
   * token is left; `unreadable`: it was sealed with another SECRET_KEY, so it does not count.
   */
  readonly state: 'next' | 'signing' | 'accepted' | 'ended' | 'unreadable';
  /** Which secret opens it: SECRET_KEY, or an entry of SECRET_KEY_PREVIOUS; null if none does. */
  readonly secret: string | null;
  /** Until when it verifies signatures; null while no successor is known. */
  readonly acceptedUntil: Date | null;
}

const endOf = (successor: SigningKeyRow | undefined, accessTokenSeconds: number): Date | null =>
  successor === undefined ? null : secondsAfter(successor.activatesAt, accessTokenSeconds + RETIRED_SIGNS_SECONDS);

/** The variable with the secret that opens a key; null if none does. */
const secretOf = (keys: KeySet, { kid, privateKey }: SigningKeyRow): string | null => {
  const index = keys.findIndex((key) => unseal([key], { context: kid, sealed: privateKey }) !== undefined);
  if (index < 0) return null;
  return index === 0 ? 'SECRET_KEY' : `SECRET_KEY_PREVIOUS, entry ${index}`;
};

const stateOf = ({ activatesAt }: SigningKeyRow, acceptedUntil: Date | null, now: Date): KeyState['state'] => {
  if (activatesAt > now) return 'next';
  return acceptedUntil !== null && acceptedUntil <= now ? 'ended' : 'accepted';
};

/** All signing keys, the newest first, as the replicas use them now. */
export const listKeys = async ({
  db,
  clock,
  secrets: { signingKey },
  settings,
}: Pick<AuthDeps, 'db' | 'clock' | 'secrets' | 'settings'>): Promise<KeyState[]> => {
  const now = clock.now();
  const rows = (await listSigningKeys(db)).map((row) => ({ ...row, secret: secretOf(signingKey, row) }));
  const usable = rows.filter(({ secret }) => secret !== null);
  const signing = usable.find(({ activatesAt }) => activatesAt <= now) ?? usable.at(-1);
  return rows.map((row) => {
    const { kid, createdAt, activatesAt, secret } = row;
    if (secret === null) return { kid, createdAt, activatesAt, secret, state: 'unreadable', acceptedUntil: null };
    const acceptedUntil = endOf(usable[usable.indexOf(row) - 1], settings.tokens.accessTokenSeconds);
    const state = row === signing ? 'signing' : stateOf(row, acceptedUntil, now);
    return { kid, createdAt, activatesAt, secret, state, acceptedUntil };
  });
};
