import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import { RETIRED_SIGNS_SECONDS } from './key-ring.ts';
import { openSigningKey } from './rotate-signing-keys.ts';
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
  /** Until when it verifies signatures; null while no successor is known. */
  readonly acceptedUntil: Date | null;
}

type KeyDeps = Pick<AuthDeps, 'db' | 'clock' | 'random' | 'secrets' | 'settings'>;

const endOf = (successor: SigningKeyRow | undefined, accessTokenSeconds: number): Date | null =>
  successor === undefined ? null : secondsAfter(successor.activatesAt, accessTokenSeconds + RETIRED_SIGNS_SECONDS);

/** All signing keys, the newest first, as the replicas use them now. */
export const listKeys = async ({ db, clock, random, secrets, settings }: KeyDeps): Promise<KeyState[]> => {
  const now = clock.now();
  const parts = { db, random, sealingKeys: secrets.signingKey };
  const rows = await listSigningKeys(db);
  const usable = rows.filter((row) => openSigningKey(parts, row) !== undefined);
  const signing = usable.find(({ activatesAt }) => activatesAt <= now) ?? usable.at(-1);
  return rows.map((row) => {
    const { kid, createdAt, activatesAt } = row;
    const index = usable.indexOf(row);
    if (index < 0) return { kid, createdAt, activatesAt, state: 'unreadable', acceptedUntil: null };
    const acceptedUntil = endOf(usable[index - 1], settings.tokens.accessTokenSeconds);
    const stateOfOthers = acceptedUntil !== null && acceptedUntil <= now ? 'ended' : 'accepted';
    const stateOfOlder = row === signing ? 'signing' : stateOfOthers;
    return {
      kid,
      createdAt,
      activatesAt,
      state: activatesAt > now && row !== signing ? 'next' : stateOfOlder,
      acceptedUntil,
    };
  });
};
