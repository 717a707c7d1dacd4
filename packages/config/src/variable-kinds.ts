import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** `true`, `1`, `yes`, `on` and their opposites, in upper or lower case. */
export const flag = z.stringbool({ error: 'must be true or false' });

/** A whole number from `minimum` to `maximum`. */
export const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be ${minimum} or more`).max(maximum, `must be ${maximum} or less`));

/** A TCP port; 0 means any free one. */
export const port = whole(0, 65_535);

const isWebUrl = (value: string): boolean => {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { username, password, search, hash } = new URL(value);
  return [username, password, search, hash].every((part) => part === '') && !/[?#\s]/.test(value);
};

/** An http(s) URL without credentials, query or fragment. Trailing slashes are removed. */
export const webUrl = z
  .string()
  .refine(isWebUrl, 'must be an http:// or https:// address without credentials, query or fragment')
  .transform((value) => value.replace(/\/+$/, ''));

/** An http(s) URL without a path, as browsers send it in `Origin`. */
export const webOrigin = webUrl
  .refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', 'must be addresses without a path')
  .transform((value) => (URL.canParse(value) ? new URL(value).origin : value));

/** A comma-separated list. Spaces around items and empty items are removed. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** `ipaddr.js` also parses octal, hexadecimal and shortened IPv4 addresses and IPv6 zones, which other programs read differently. */
const isAddress = (value: string): boolean => {
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) return true;
  const lastPart = value.slice(value.lastIndexOf(':') + 1);
  const isPlain = !lastPart.includes('.') || ipaddr.IPv4.isValidFourPartDecimal(lastPart);
  return ipaddr.IPv6.isValid(value) && isPlain && !value.includes('%');
};

const addressOrRange = z
  .string()
  .refine((value) => isAddress(value.replace(/\/.*$/, '')), {
    error: 'must be an IP address or a CIDR range, such as 10.0.0.0/8',
    abort: true,
  })
  .refine(
    (value) => !value.includes('/') || ipaddr.isValidCIDR(value),
    'must have a prefix length of 0 to 32 (IPv4) or 0 to 128 (IPv6)',
  );

/** A comma-separated list of IP addresses or CIDR ranges. */
export const cidrs = list.pipe(z.array(addressOrRange));

/** What is reported about a secret of fewer than 32 bytes. */
export const SECRET_TOO_SHORT = 'must have 32 bytes or more';

/** A secret of at least 32 bytes in UTF-8. */
export const isLongSecret = (value: string): boolean => Buffer.byteLength(value) >= 32;

export const secret = z.string().refine(isLongSecret, SECRET_TOO_SHORT);

/** A PostgreSQL URL. SQLAlchemy's `postgresql+driver://` is accepted. */
export const databaseUrl = z
  .string()
  .transform((value) => value.replace(/^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i, 'postgresql://'))
  .refine((value) => value.startsWith('postgresql://') && URL.canParse(value), 'must be a postgresql:// address');

/** One Redis URL, or the URLs of a cluster's nodes, separated by commas. */
export const redisUrls = list.refine(
  (items) => items.length > 0 && items.every((item) => /^rediss?:\/\//.test(item) && URL.canParse(item)),
  'must be redis:// or rediss:// addresses, separated by commas',
);
