// Generated from the service's router and schemas by `npm run generate`. Do not edit.

/** Options of a single call. */
export interface CallOptions {
  /** Aborts the call: its promise rejects. The service may carry out the call nevertheless. */
  signal?: AbortSignal | undefined;
}

export interface AuthRegisterInput {
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email: string;
  /** Unique, compared case-insensitively */
  username: string;
  /** 8 to 128 characters of any kind */
  password: string;
  /** The six digits from the mail */
  code?: string | undefined;
  /** Language of mails; Accept-Language where omitted */
  locale?: 'en' | 'zh-CN' | undefined;
}

export interface User {
  /** UUIDv7 */
  id: string;
  email: string;
  username: string;
  isActive: boolean;
  isEmailVerified: boolean;
  emailVerifiedAt: string | null;
  locale: 'en' | 'zh-CN';
  createdAt: string;
  updatedAt: string;
}

export interface Tokens {
  /** A JWT, for `Authorization: Bearer` */
  accessToken: string;
  /** Opaque; renews both tokens, once */
  refreshToken: string;
  tokenType: 'bearer';
  /** Seconds for which the access token is valid */
  expiresIn: number;
}

export interface AuthRegisterOutput {
  user: User;
  tokens: Tokens | null;
}

export interface AuthCheckEmailInput {
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email: string;
}

export interface AuthCheckEmailOutput {
  exists: boolean;
}

export interface AuthLoginInput {
  /** Email address; trimmed, compared case-insensitively */
  email: string;
  /** The account’s password, verified exactly as sent */
  password: string;
  /** The solved captcha: the widget’s payload */
  captcha?: string | undefined;
}

export interface AuthLoginOutput {
  user: User;
  tokens: Tokens;
}

export interface AuthRefreshInput {
  /** The refresh token as it was issued */
  refreshToken: string;
}

export interface AuthLogoutInput {
  /** The refresh token as it was issued */
  refreshToken?: string | undefined;
}

export interface AuthSendCodeInput {
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email: string;
  type: 'register' | 'reset_password';
  /** The solved captcha: the widget’s payload */
  captcha?: string | undefined;
}

export interface MailSent {
  email: string;
  /** Seconds for which the link or code is valid */
  expiresIn: number;
  /** Seconds until another mail may be requested */
  retryAfter: number;
}

export interface AuthVerifyCodeInput {
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email: string;
  /** The six digits from the mail */
  code: string;
  type?: 'register' | 'reset_password' | undefined;
}

export interface AuthVerifyCodeOutput {
  valid: true;
}

export interface EmailVerificationResendInput {
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email: string;
  /** The solved captcha: the widget’s payload */
  captcha?: string | undefined;
}

export interface EmailVerificationConfirmInput {
  /** The `token` of a mailed link */
  token: string;
}

export interface EmailVerificationConfirmOutput {
  status: 'verified' | 'already_verified';
}

export interface EmailVerificationRejectInput {
  /** The `token` of a mailed link */
  token: string;
}

export interface EmailVerificationInspectInput {
  /** The `token` of a mailed link */
  token: string;
}

export interface Registration {
  username: string;
  registeredAt: string;
  ip: string | null;
  browser: string | null;
  system: string | null;
}

export interface EmailVerificationInspectOutput {
  status: 'open' | 'already_verified';
  /** Null once the email is verified */
  registration: Registration | null;
}

export interface PasswordResetSendInput {
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email: string;
  /** The solved captcha: the widget’s payload */
  captcha?: string | undefined;
}

export interface PasswordResetConfirmInput {
  /** 8 to 128 characters of any kind */
  newPassword: string;
  /** The `token` of a mailed link */
  token?: string | undefined;
  /** Email address, at most 64 characters before the @; trimmed, compared case-insensitively */
  email?: string | undefined;
  /** The six digits from the mail */
  code?: string | undefined;
}

export interface AccountChangePasswordInput {
  /** The account’s password, verified exactly as sent */
  currentPassword: string;
  /** 8 to 128 characters of any kind */
  newPassword: string;
}

export interface Session {
  /** UUIDv7 */
  id: string;
  /** Whether this request was made with the session */
  current: boolean;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  userAgent: string | null;
  /** The IP address from which it was opened */
  ip: string | null;
}

export interface SessionsRevokeInput {
  /** UUIDv7 */
  id: string;
}

export interface SessionsRevokeOthersOutput {
  revoked: number;
}

/** The procedures of the service. */
export interface MoonlightApi {
  readonly auth: {
    readonly register: {
      mutate(input: AuthRegisterInput, options?: CallOptions): Promise<AuthRegisterOutput>;
    };
    readonly checkEmail: {
      mutate(input: AuthCheckEmailInput, options?: CallOptions): Promise<AuthCheckEmailOutput>;
    };
    readonly login: {
      mutate(input: AuthLoginInput, options?: CallOptions): Promise<AuthLoginOutput>;
    };
    readonly refresh: {
      mutate(input: AuthRefreshInput, options?: CallOptions): Promise<Tokens>;
    };
    readonly logout: {
      mutate(input?: AuthLogoutInput, options?: CallOptions): Promise<null>;
    };
    readonly sendCode: {
      mutate(input: AuthSendCodeInput, options?: CallOptions): Promise<MailSent>;
    };
    readonly verifyCode: {
      mutate(input: AuthVerifyCodeInput, options?: CallOptions): Promise<AuthVerifyCodeOutput>;
    };
  };
  readonly emailVerification: {
    readonly send: {
      mutate(input?: undefined, options?: CallOptions): Promise<MailSent>;
    };
    readonly resend: {
      mutate(input: EmailVerificationResendInput, options?: CallOptions): Promise<MailSent>;
    };
    readonly confirm: {
      mutate(input: EmailVerificationConfirmInput, options?: CallOptions): Promise<EmailVerificationConfirmOutput>;
    };
    readonly reject: {
      mutate(input: EmailVerificationRejectInput, options?: CallOptions): Promise<null>;
    };
    readonly inspect: {
      mutate(input: EmailVerificationInspectInput, options?: CallOptions): Promise<EmailVerificationInspectOutput>;
    };
  };
  readonly passwordReset: {
    readonly send: {
      mutate(input: PasswordResetSendInput, options?: CallOptions): Promise<MailSent>;
    };
    readonly confirm: {
      mutate(input: PasswordResetConfirmInput, options?: CallOptions): Promise<null>;
    };
  };
  readonly account: {
    readonly profile: {
      query(input?: undefined, options?: CallOptions): Promise<User>;
    };
    readonly changePassword: {
      mutate(input: AccountChangePasswordInput, options?: CallOptions): Promise<null>;
    };
  };
  readonly sessions: {
    readonly restore: {
      mutate(input?: undefined, options?: CallOptions): Promise<Tokens | null>;
    };
    readonly list: {
      query(input?: undefined, options?: CallOptions): Promise<Session[]>;
    };
    readonly revoke: {
      mutate(input: SessionsRevokeInput, options?: CallOptions): Promise<null>;
    };
    readonly revokeOthers: {
      mutate(input?: undefined, options?: CallOptions): Promise<SessionsRevokeOthersOutput>;
    };
  };
  readonly captcha: {
    readonly challenge: {
      query(input?: undefined, options?: CallOptions): Promise<Record<string, unknown>>;
    };
  };
}

/** The codes of all refusals. A code never changes; the message that comes with it may. */
export type ErrorCode =
  /** 400: Invalid input */
  | 'VALIDATION_FAILED'
  /** 400: This password is too common */
  | 'PASSWORD_TOO_COMMON'
  /** 400: Invalid verification code */
  | 'CODE_INVALID'
  /** 400: Verification code expired */
  | 'CODE_EXPIRED'
  /** 429: Too many attempts, request a new code */
  | 'CODE_ATTEMPTS_EXCEEDED'
  /** 400: Invalid or expired token */
  | 'LINK_INVALID'
  /** 400: Invalid or expired token */
  | 'LINK_EXPIRED'
  /** 400: This link was already used */
  | 'LINK_USED'
  /** 401: Missing token */
  | 'MISSING_TOKEN'
  /** 401: Token expired */
  | 'TOKEN_EXPIRED'
  /** 401: Invalid token */
  | 'TOKEN_INVALID'
  /** 401: Invalid credentials, incorrect email or password */
  | 'INVALID_CREDENTIALS'
  /** 401: Invalid refresh token */
  | 'REFRESH_TOKEN_INVALID'
  /** 401: Refresh token expired */
  | 'REFRESH_TOKEN_EXPIRED'
  /** 401: Refresh token reused */
  | 'REFRESH_TOKEN_REUSED'
  /** 403: This account is disabled */
  | 'ACCOUNT_DISABLED'
  /** 403: This account will be deleted */
  | 'ACCOUNT_DELETION_PENDING'
  /** 403: Verify your email first */
  | 'EMAIL_NOT_VERIFIED'
  /** 403: That was not right */
  | 'REAUTHENTICATION_FAILED'
  /** 400: Captcha required */
  | 'CAPTCHA_REQUIRED'
  /** 400: Captcha invalid */
  | 'CAPTCHA_INVALID'
  /** 404: User not found */
  | 'USER_NOT_FOUND'
  /** 404: Session not found */
  | 'SESSION_NOT_FOUND'
  /** 409: user already exists */
  | 'EMAIL_TAKEN'
  /** 409: username already taken */
  | 'USERNAME_TAKEN'
  /** 409: This email is not registered */
  | 'EMAIL_NOT_REGISTERED'
  /** 409: already verified */
  | 'EMAIL_ALREADY_VERIFIED'
  /** 429: Too many requests */
  | 'RATE_LIMITED'
  /** 503: Busy, try again shortly */
  | 'OVERLOADED'
  /** 404: not found */
  | 'NOT_FOUND'
  /** 405: method not allowed */
  | 'METHOD_NOT_ALLOWED'
  /** 413: request too large */
  | 'PAYLOAD_TOO_LARGE'
  /** 415: unsupported media type */
  | 'UNSUPPORTED_MEDIA_TYPE'
  /** 500: Something went wrong */
  | 'INTERNAL_ERROR';

/** The HTTP status of each code. */
export const errorStatuses: Readonly<Record<ErrorCode, number>> = {
  VALIDATION_FAILED: 400,
  PASSWORD_TOO_COMMON: 400,
  CODE_INVALID: 400,
  CODE_EXPIRED: 400,
  CODE_ATTEMPTS_EXCEEDED: 429,
  LINK_INVALID: 400,
  LINK_EXPIRED: 400,
  LINK_USED: 400,
  MISSING_TOKEN: 401,
  TOKEN_EXPIRED: 401,
  TOKEN_INVALID: 401,
  INVALID_CREDENTIALS: 401,
  REFRESH_TOKEN_INVALID: 401,
  REFRESH_TOKEN_EXPIRED: 401,
  REFRESH_TOKEN_REUSED: 401,
  ACCOUNT_DISABLED: 403,
  ACCOUNT_DELETION_PENDING: 403,
  EMAIL_NOT_VERIFIED: 403,
  REAUTHENTICATION_FAILED: 403,
  CAPTCHA_REQUIRED: 400,
  CAPTCHA_INVALID: 400,
  USER_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  EMAIL_TAKEN: 409,
  USERNAME_TAKEN: 409,
  EMAIL_NOT_REGISTERED: 409,
  EMAIL_ALREADY_VERIFIED: 409,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INTERNAL_ERROR: 500,
};
