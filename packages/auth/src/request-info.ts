import type { Locale } from '@moonlight/contracts';

/** What a use case may know of the request it serves; nothing of HTTP. */
export interface RequestInfo {
  readonly requestId: string;
  /** The caller's address as seen through the trusted proxies. */
  readonly ip: string;
  /** 512 characters at most. */
  readonly userAgent: string | null;
  /** From Accept-Language. */
  readonly locale: Locale;
}
