import type { AuthDeps } from '../deps.ts';
import { summarizeOtherSecrets } from './older-secrets-store.ts';

/**
 * The valid sessions whose refresh token an older secret signed: their number, when the last of them expires if it is not
 * refreshed, and when the newest of these tokens was issued. It reads the whole table of sessions.
 */
export const sessionsOfOlderSecrets = ({ db, clock, secrets }: Pick<AuthDeps, 'db' | 'clock' | 'secrets'>) =>
  summarizeOtherSecrets(db, { secretId: secrets.refreshToken[0].secretId, now: clock.now() });
