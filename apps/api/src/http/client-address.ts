import type { IncomingHttpHeaders } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, bits: number];

// A port after an IPv4 address, and brackets with or without a port around an IPv6 address, as some proxies write them.
const WITH_PORT = /^(?:(?<ipv4>[\d.]+):\d{1,5}|\[(?<ipv6>[^\]]*)\](?::\d{1,5})?)$/;

/**
 * The address in a value of `X-Forwarded-For`, without port and brackets; undefined if the value is no address. node:net is
 * asked first because ipaddr.js also parses octal, hexadecimal and shortened IPv4 addresses.
 */
const parseAddress = (value: string): Address | undefined => {
  const { ipv4, ipv6 } = WITH_PORT.exec(value)?.groups ?? {};
  const text = ipv4 ?? ipv6 ?? value;
  const isExpected = ipv6 === undefined ? isIP(text) !== 0 : isIP(text) === 6;
  // A zone (`fe80::1%eth0`) is known only to the host that wrote it.
  return isExpected && !text.includes('%') ? ipaddr.process(text) : undefined;
};

const parseRange = (text: string): Range => {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
};

/** Addresses are compared in the kind of the range, because a range may be one of IPv4-mapped IPv6 addresses. */
const isIn = (address: Address, [range, bits]: Range): boolean => {
  if (address.kind() === range.kind()) return address.match(range, bits);
  return address instanceof ipaddr.IPv4 && address.toIPv4MappedAddress().match(range, bits);
};

/** Returns the address of the client that sent a request. */
export type ClientAddressOf = (request: {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}) => string;

/**
 * Reads the address of a client. `X-Forwarded-For` is read from right to left, as long as the last address is a proxy of
 * `trustProxy` (TRUST_PROXY) and the next value is an address. A value that is no address is ignored, with all values to its
 * left, because the same client may have written them. If no proxy is trusted and the header arrives, a warning is logged
 * once, because then all clients of a proxy share its limits.
 */
export const clientAddress = (trustProxy: readonly string[], log: Pick<FastifyBaseLogger, 'warn'>): ClientAddressOf => {
  const trusted = trustProxy.map(parseRange);
  const isTrusted = (address: Address) => trusted.some((range) => isIn(address, range));
  let isWarned = false;

  return ({ headers, socket: { remoteAddress = '' } }) => {
    const forwarded = headers['x-forwarded-for'];
    // The usual case needs no parsing.
    if (forwarded === undefined && isIPv4(remoteAddress)) return remoteAddress;
    if (forwarded !== undefined && trusted.length === 0 && !isWarned) {
      isWarned = true;
      log.warn('X-Forwarded-For arrives but TRUST_PROXY is empty: if a proxy sends it, list the proxy in TRUST_PROXY');
    }
    const values = String(forwarded ?? '').split(',');
    let address = parseAddress(remoteAddress);
    while (address !== undefined && isTrusted(address)) {
      const next = parseAddress(values.pop()?.trim() ?? '');
      if (next === undefined) break;
      address = next;
    }
    return address?.toString() ?? remoteAddress;
  };
};
