import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cidrs } from './variable-kinds.ts';

const accepts = (value: string): boolean => cidrs.safeParse(value).success;
const problemOf = (value: string) => cidrs.safeParse(value).error?.issues[0]?.message;

const address = fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.stringMatching(/^[0-9a-fx:.%]{1,20}$/));

test('a proxy is accepted if and only if Node accepts its IP address, without a zone', () => {
  const isSame = (value: string): boolean => accepts(value) === (isIP(value) !== 0 && !value.includes('%'));
  expect(fc.check(fc.property(address, isSame), { numRuns: 1000 })).toMatchObject({ failed: false });
});

test.each(['fe80::1%eth0', '::ffff:0x7f.0.0.1', '0177.0.0.1', '127.1', '2130706433', '0x7f000001', '1::2::3', ''])(
  '%j is not an IP address',
  (value) => {
    expect(problemOf(`10.0.0.1,${value === '' ? '/8' : value}`)).toMatch(/^must be an IP address or a CIDR range/);
  },
);

test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/255.0.0.0', '2001:db8::/129'])(
  '%s has no valid prefix length',
  (value) => {
    expect(problemOf(value)).toMatch(/^must have a prefix length/);
  },
);

test.each(['10.0.0.0/0', '10.0.0.0/32', '2001:db8::/0', '::ffff:10.0.0.1/128', '::1', '::10.0.0.1'])(
  '%s is accepted',
  (value) => {
    expect(accepts(value)).toBe(true);
  },
);
