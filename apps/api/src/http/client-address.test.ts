import { expect, test, vi } from 'vitest';
import { createAccount, PASSWORD, query, startTestServer } from '../testing.ts';
import { clientAddress } from './client-address.ts';

const request = (remoteAddress: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

const read = (trustProxy: readonly string[], remoteAddress: string | undefined, forwarded?: string) =>
  clientAddress(trustProxy, { warn: vi.fn<() => void>() })(request(remoteAddress, forwarded));

const PROXIES = ['10.0.0.0/8', '2001:db8:aaaa::/48', '192.0.2.1'];

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:51234', '203.0.113.7'],
  ['2001:DB8::0:7', '2001:db8::7'],
  ['[2001:db8::7]', '2001:db8::7'],
  ['[2001:db8::7]:443', '2001:db8::7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['203.0.113.7, 10.9.9.9:8080 ,192.0.2.1', '203.0.113.7'],
  ['203.0.113.7, [2001:db8:aaaa::1]:8080', '203.0.113.7'],
  ['10.1.1.1, 10.1.1.2', '10.1.1.1'],
])('behind a trusted proxy X-Forwarded-For %s means %s', (forwarded, address) => {
  expect(read(PROXIES, '10.0.0.1', forwarded)).toBe(address);
});

test.each([
  '',
  ',',
  'unknown',
  'localhost',
  '203.0.113',
  '0313.0.113.7',
  '0xcb.0.113.7',
  '203.0.113.7:',
  '203.0.113.7:port',
  '[203.0.113.7]',
  '2001:db8::7]:443',
  '[2001:db8::7',
  'fe80::1%eth0',
  '203.0.113.7 198.51.100.1',
  "203.0.113.7'; drop table users",
])('the value %j is no address, so the proxy counts as the client', (forwarded) => {
  expect(read(PROXIES, '10.0.0.1', forwarded)).toBe('10.0.0.1');
});

test('values to the left of one that is no address are ignored', () => {
  expect(read(PROXIES, '10.0.0.1', '203.0.113.7, unknown, 10.0.0.2')).toBe('10.0.0.2');
});

test('an address that is not trusted ends the list, and without proxies the header is ignored', () => {
  expect(read(PROXIES, '198.51.100.1', '203.0.113.7')).toBe('198.51.100.1');
  expect(read([], '10.0.0.1', '203.0.113.7')).toBe('10.0.0.1');
  expect(read(['192.0.2.1'], '192.0.2.2', '203.0.113.7')).toBe('192.0.2.2');
});

test('a proxy is recognised as IPv4 and as IPv4-mapped IPv6', () => {
  expect(read(PROXIES, '::ffff:10.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
  expect(read(['::ffff:10.0.0.0/104'], '10.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
  expect(read(['::ffff:10.0.0.1'], '10.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
  expect(read(['::/0'], '2001:db8::1', '203.0.113.7')).toBe('203.0.113.7');
});

test('a socket without an address, or with a zone, keeps what it has', () => {
  expect(read(PROXIES, undefined, '203.0.113.7')).toBe('');
  expect(read(PROXIES, 'fe80::1%eth0', '203.0.113.7')).toBe('fe80::1%eth0');
});

test('a warning is logged once if the header arrives and no proxy is trusted, otherwise none', () => {
  const warn = vi.fn<() => void>();
  const addressOf = clientAddress([], { warn });
  addressOf(request('10.0.0.1'));
  expect(warn).not.toHaveBeenCalled();
  for (let count = 0; count < 3; count += 1) addressOf(request('10.0.0.1', '203.0.113.7'));
  expect(warn).toHaveBeenCalledOnce();
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('TRUST_PROXY'));
  const proxied = vi.fn<() => void>();
  clientAddress(PROXIES, { warn: proxied })(request('10.0.0.1', '203.0.113.7'));
  expect(proxied).not.toHaveBeenCalled();
});

test('a session shows the address that a proxy forwards with a port', async () => {
  const server = await startTestServer({ env: { TRUST_PROXY: '127.0.0.1' } });
  const { accessToken: token, email } = await createAccount(server.url);
  const body = JSON.stringify({ email, password: PASSWORD });
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': 'unknown, 203.0.113.7:51234' };
  await fetch(`${server.url}/trpc/auth.login`, { method: 'POST', headers, body });
  const { data } = await query(server.url, 'sessions.list', { token });
  expect(data).toContainEqual(expect.objectContaining({ ip: '203.0.113.7' }));
  await server.close();
});
