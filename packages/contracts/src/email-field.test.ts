import { describe, expect, test } from 'vitest';
import { registerInput, sendCodeInput, sendPasswordResetInput } from './index.ts';
import { loginInput } from './sessions.ts';

const local = (length: number): string => `${'a'.repeat(length)}@example.com`;

const accepted = [
  'alice@example.com',
  local(64),
  "o'neill+news@mail.example.co",
  '_a-@x-y.example.io',
  'a@xn--bcher-kva.example',
  'A@1and1.COM',
];

const laterRefused = [local(65), 'a@example-.com', 'a@mail.example--.com', 'a@a-.b-.example.com'];

const refused = [
  'a@-example.com',
  'a@example.-com',
  'a@example.com-',
  'a@example',
  '.a@example.com',
  'a..b@example.com',
  'a@b@example.com',
  'a@exa_mple.com',
  'ä@example.com',
  `a@${'b.'.repeat(125)}example.com`,
];

const emailOf = (schema: typeof registerInput | typeof loginInput, email: string): boolean =>
  schema.shape.email.safeParse(email).success;

describe('an email address', () => {
  test.each(accepted)('%s is accepted', (email) => {
    for (const schema of [registerInput, loginInput]) expect(emailOf(schema, email)).toBe(true);
  });

  test.each([...laterRefused, ...refused])('%s cannot be registered, and gets no mail', (email) => {
    expect(emailOf(registerInput, email)).toBe(false);
    expect(sendCodeInput.safeParse({ email, type: 'register' }).success).toBe(false);
    expect(sendPasswordResetInput.safeParse({ email }).success).toBe(false);
  });

  test.each(laterRefused)('%s can log in, because earlier releases registered such addresses', (email) => {
    expect(emailOf(loginInput, email)).toBe(true);
  });

  test.each(refused)('%s cannot log in: no release ever registered it', (email) => {
    expect(emailOf(loginInput, email)).toBe(false);
  });

  test('a long text that is almost an address is refused in linear time', () => {
    const start = performance.now();
    for (const part of ['a', 'a.', '-', "'", 'a-', '@'])
      for (const text of [part.repeat(100_000), `a@${part.repeat(100_000)}`])
        expect(emailOf(registerInput, `${text}!`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
