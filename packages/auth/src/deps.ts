import type { Database } from '@moonlight/db';
import type { Captcha } from './captcha/captcha.ts';
import type { Clock } from './clock.ts';
import type { PasswordHasher } from './credentials/password-hasher.ts';
import type { Log } from './log.ts';
import type { MailQueue } from './outbox/mail.ts';
import type { Random } from './random.ts';
import type { LimitsStore } from './rate-limit/limits-store.ts';
import type { AuthSettings } from './settings.ts';
import type { AccessClaims, KeyRing } from './tokens/access-token.ts';

/** Everything a use case works with; put together once by the runtime. */
export interface AuthDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: AuthSettings;
  /** Derived from SECRET_KEY, one for each purpose. */
  readonly secrets: {
    readonly refreshToken: Buffer;
    readonly verificationCode: Buffer;
    readonly outbox: Buffer;
    readonly signingKey: Buffer;
    readonly limitKey: Buffer;
  };
  readonly keyRing: KeyRing;
  /** Verifies an access token; see verifiedTokens. */
  readonly verifyToken: (token: string, now: Date) => Promise<AccessClaims>;
  readonly hasher: PasswordHasher;
  readonly limits: LimitsStore;
  /** Null with the provider `none`. */
  readonly captcha: Captcha | null;
  readonly mailQueue: MailQueue;
}
