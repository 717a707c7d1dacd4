import ipaddr from 'ipaddr.js';

const LEAST_DISTINCT = 8;
const LEAST_PERIOD = 16;

/**
 * Whether a secret is visibly not random: fewer than 8 different bytes (`kkkk…`), fewer than 8 different steps from one byte
 * to the next (`abcdef…`), or a part of fewer than 16 bytes that is repeated. Of secrets of 32 random hexadecimal digits,
 * the weakest that are in use, about one in ten million is refused.
 */
export const isGuessable = (secret: string): boolean => {
  const bytes = [...Buffer.from(secret)];
  const steps = bytes.slice(1).map((byte, index) => byte - (bytes[index] ?? 0));
  const isRepeated = (period: number) => bytes.every((byte, index) => index < period || byte === bytes[index - period]);
  const periods = Array.from({ length: LEAST_PERIOD - 1 }, (_, index) => index + 1);
  return (
    new Set(bytes).size < LEAST_DISTINCT ||
    new Set(steps).size < LEAST_DISTINCT ||
    periods.some((each) => isRepeated(each))
  );
};

// The widest private networks: 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193).
const WIDEST_IPV4 = 8;
const WIDEST_IPV6 = 7;

/**
 * Whether a range of proxies contains networks of strangers, who could then choose the address that they are counted
 * under: it is wider than the widest private network, or contains all IPv4 addresses in their IPv6 form (::ffff:0:0/96).
 */
export const trustsStrangers = (range: string): boolean => {
  if (!range.includes('/')) return false;
  const [address, bits] = ipaddr.parseCIDR(range);
  if (address.kind() === 'ipv4') return bits < WIDEST_IPV4;
  const containsMapped = ipaddr.IPv6.parse('::ffff:0:0').match(address, Math.min(bits, 96));
  return containsMapped || address.toString().startsWith('::ffff:') ? bits < 96 + WIDEST_IPV4 : bits < WIDEST_IPV6;
};

/** Whether a host is this machine: `localhost`, 127.0.0.0/8 or ::1. */
export const isLoopback = (host: string): boolean => {
  const plain = host.replaceAll(/^\[|\]$/g, '').toLowerCase();
  if (plain === 'localhost' || plain.endsWith('.localhost')) return true;
  return ipaddr.isValid(plain) && ipaddr.process(plain).range() === 'loopback';
};
