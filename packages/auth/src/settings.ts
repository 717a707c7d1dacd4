/** What the domain can be told. Lifetimes are seconds. */
export interface AuthSettings {
  readonly appName: string;
  readonly frontendUrl: string;
  readonly tokens: {
    readonly issuer: string;
    readonly audience: string;
    readonly accessTokenSeconds: number;
    readonly refreshTokenSeconds: number;
    readonly sessionMaxSeconds: number;
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
    /** An account nobody verified or used counts as gone after so long. */
    readonly unverifiedAccountSeconds: number;
    readonly auditRetentionSeconds: number;
  };
  readonly limits: {
    readonly mailCooldownSeconds: number;
    readonly mailsPerDay: number;
    readonly codeAttempts: number;
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
