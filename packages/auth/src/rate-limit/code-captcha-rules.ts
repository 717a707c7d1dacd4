import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { limitKey } from './limit-key.ts';
import { limitSubject } from './limit-subject.ts';
import type { LimitRule } from './limits-store.ts';

/** Codes that are sent without a captcha: so many because of one IP address, so many to one address. */
export const codeCaptchaRules = (
  { settings, secrets }: AuthDeps,
  email: string,
  request: RequestInfo,
): { ip: LimitRule; address: LimitRule } => ({
  ip: {
    key: limitKey(secrets.limitKey, 'code-ip', limitSubject(request.ip)),
    limit: settings.limits.codesBeforeCaptchaPerIp,
    windowSeconds: 900,
  },
  address: {
    key: limitKey(secrets.limitKey, 'code-address', email.toLowerCase()),
    limit: settings.limits.codesBeforeCaptchaPerAddress,
    windowSeconds: 86_400,
  },
});
