import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** `true`, `1`, `yes`, `on` and their opposites, in any case. */
export const flag = z.stringbool({ error: 'must be true or false' });

/** A whole number within bounds, both included. */
export const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be ${minimum} or more`).max(maximum, `must be ${maximum} or less`));

/** A TCP port; 0 takes a free one. */
export const port = whole(0, 65_535);

const isWebUrl = (value: string): boolean => {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { username, password, search, hash } = new URL(value);
  return [username, password, search, hash].every((part) => part === '') && !/[?#\s]/.test(value);
};

/** An http(s) address without credentials, query or fragment; slashes at its end are dropped. */
export const webUrl = z
  .string()
  .refine(isWebUrl, 'must be an http:// or https:// address without credentials, query or fragment')
  .transform((value) => value.replace(/\/+$/, ''));

/** The same without a path, as browsers send it in `Origin`. */
export const webOrigin = webUrl
  .refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', 'must be addresses without a path')
  .transform((value) => (URL.canParse(value) ? new URL(value).origin : value));

/** A comma-separated list, blanks dropped. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const isCidr = (value: string): boolean => {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^[0-9]{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
};

/** A comma-separated list of addresses or CIDR ranges. */
export const cidrs = list.refine((items) => items.every(isCidr), 'must be a list of addresses or CIDR ranges');

/** A secret of at least 32 bytes in UTF-8. */
export const secret = z.string().refine((value) => Buffer.byteLength(value) >= 32, 'must have 32 bytes or more');

/** A PostgreSQL address; SQLAlchemy's `postgresql+driver://` is understood. */
export const databaseUrl = z
  .string()
  .transform((value) => value.replace(/^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i, 'postgresql://'))
  .refine((value) => value.startsWith('postgresql://') && URL.canParse(value), 'must be a postgresql:// address');

/** One Redis address, or a comma list of a cluster's nodes. */
export const redisUrls = list.refine(
  (items) => items.length > 0 && items.every((item) => /^rediss?:\/\//.test(item) && URL.canParse(item)),
  'must be redis:// or rediss:// addresses, separated by commas',
);
