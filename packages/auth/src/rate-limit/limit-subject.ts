import { isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address, each without leading zeros. */
const groupsOf = (ip: string): string[] => {
  const [address = ''] = ip.split('%');
  // The URL parser knows every way to write an address and answers with one: lower case, hexadecimal, shortened.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
};

const dotted = (high: string, low: string): string =>
  [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.');

/**
 * Whom an IP address stands for. One line usually gets a whole /64 of IPv6 (RFC 6177), so that is counted as one;
 * IPv4 written as IPv6 (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2) counts as the IPv4 address it is.
 */
export const limitSubject = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const groups = groupsOf(ip);
  const [, , , , , mark = '', high = '', low = ''] = groups;
  if (mark === 'ffff' && groups.slice(0, 5).every((group) => group === '0')) return dotted(high, low);
  return `${groups.slice(0, 4).join(':')}::/64`;
};
