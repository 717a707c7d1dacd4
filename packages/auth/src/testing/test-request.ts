import type { RequestInfo } from '../request-info.ts';

let requests = 0;

/** A request from an address that no test used before, unless it is told which. */
export const testRequest = (given: Partial<RequestInfo> = {}): RequestInfo => {
  requests += 1;
  return {
    requestId: `request-${requests}`,
    ip: `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`,
    userAgent: 'Tests/1.0',
    locale: 'en',
    ...given,
  };
};
