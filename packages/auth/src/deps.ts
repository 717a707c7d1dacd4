import type { KeyObject } from 'node:crypto';
import type { Locale } from '@moonlight/contracts';
import type { Database } from '@moonlight/db';
import type { Captcha } from './captcha/captcha.ts';
import type { PasswordHasher } from './credentials/password-hasher.ts';
import type { MailQueue } from './outbox/enqueue-mail.ts';
import type { LimitsStore } from './rate-limit/limits-store.ts';
import type { KeySet } from './secrets/secrets.ts';
import type { KeyRing } from './signing-keys/key-ring.ts';
import type { Clock, Log, Random } from './system.ts';
import type { AccessClaims } from './tokens/access-token.ts';

/** The domain's settings. Lifetimes are in seconds. */
export interface AuthSettings {
  readonly appName: string;
  readonly frontendUrl: string;
  readonly tokens: {
    readonly issuer: string;
    readonly audience: string;
    readonly clientId: string;
    readonly accessTokenSeconds: number;
    readonly refreshTokenSeconds: number;
    readonly sessionMaxSeconds: number;
    readonly sessionsPerAccount: number;
    readonly reuseGraceSeconds: number;
  };
  readonly lifetimes: {
    readonly verificationLinkSeconds: number;
    readonly resetLinkSeconds: number;
    readonly codeSeconds: number;
  };
  readonly accounts: {
    readonly privacy: 'open' | 'strict';
    readonly requireVerifiedEmail: boolean;
    /** An account that was neither verified nor used expires after this time. */
    readonly unverifiedAccountSeconds: number;
    /** An account is erased this long after its deletion was asked for. */
    readonly deletionSeconds: number;
    /** Usernames that cannot be registered; letters and digits are compared, in any case. */
    readonly reservedUsernames: readonly string[];
    readonly auditRetentionSeconds: number;
  };
  /** See rate-limit/limit-rules.ts for what each number limits. */
  readonly limits: {
    readonly mailCooldownSeconds: number;
    readonly mailsPerDay: number;
    readonly mailsPerDayInAll: number;
    readonly codeAttempts: number;
    readonly codeFailuresPerIp: number;
    readonly mailsPerIpPerHour: number;
    readonly registrationsPerIpPerHour: number;
    readonly checkEmailPerIpPerMinute: number;
    readonly loginFreeFailures: number;
    readonly loginLongestWaitSeconds: number;
    readonly loginFailuresPerIp: number;
    readonly loginFailuresBeforeCaptcha: number;
    readonly loginFailureWindowSeconds: number;
    readonly codesBeforeCaptchaPerIp: number;
    readonly codesBeforeCaptchaPerAddress: number;
  };
}

/** What a use case may know about the request it serves; nothing of HTTP. */
export interface RequestInfo {
  readonly requestId: string;
  /** The span of the request (W3C Trace Context); absent if it is not traced. */
  readonly traceparent?: string | undefined;
  /** The caller's IP address as seen through the trusted proxies. */
  readonly ip: string;
  /** 512 characters at most. */
  readonly userAgent: string | null;
  /** From Accept-Language. */
  readonly locale: Locale;
}

/** Everything a use case works with; put together once by the runtime. */
export interface AuthDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: AuthSettings;
  /** Derived from SECRET_KEY and SECRET_KEY_PREVIOUS, for each purpose. */
  readonly secrets: {
    readonly refreshToken: KeySet;
    readonly verificationCode: KeySet;
    readonly outbox: KeySet;
    readonly signingKey: KeySet;
    readonly pseudonym: KeySet;
    readonly limitKey: KeyObject;
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
