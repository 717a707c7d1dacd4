import { expect, test } from 'vitest';
import { swapCase, swapKeysIn, swapKeysOut } from './spelling.ts';

test.each([
  ['newPassword', 'new_password'],
  ['emailVerifiedAt', 'email_verified_at'],
  ['sha256Sum', 'sha256_sum'],
  ['a.bC.0', 'a.b_c.0'],
])('%s is %s in REST, and swaps back', (camel, snake) => {
  expect(swapCase(camel)).toBe(snake);
  expect(swapCase(snake)).toBe(camel);
});

test.each(['email', '', '_', '__proto__', 'a__b', 'a_', '_a', 'A_b', 'a_B', 'HTTPServer', 'a-b', '密码', 'a_1'])(
  '%j has no other spelling',
  (name) => expect(swapCase(name)).toBe(name),
);

test('the keys of an answer are swapped at every level, the values never', () => {
  const output = { user: { isActive: true, emailVerifiedAt: null }, list: [{ lastUsedAt: 'aB' }], oneText: 'noChange' };
  expect(swapKeysOut(output)).toEqual({
    user: { is_active: true, email_verified_at: null },
    list: [{ last_used_at: 'aB' }],
    one_text: 'noChange',
  });
});

test('a deeply nested body does not overflow the stack, and the key __proto__ stays a plain key', () => {
  const deep: unknown = JSON.parse(`${'[{"a_b":'.repeat(15_000)}0${'}]'.repeat(15_000)}`);
  expect(() => swapKeysIn(deep)).not.toThrow();
  const poisoned = swapKeysIn(JSON.parse('{"__proto__":{"is_admin":true}}'));
  expect(Object.getPrototypeOf(poisoned)).toBe(Object.prototype);
  expect(Object.keys(Object(poisoned))).toEqual(['__proto__']);
});
