import { describe, expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from './refuse-common-password.ts';

const alice = { email: 'Alice.Liddell@example.com', username: 'alice_liddell' };
const tooCommon = new AuthError('PASSWORD_TOO_COMMON');

describe('refuseCommonPassword', () => {
  test.each(['sunshine', 'SunShine', 'alice.liddell@EXAMPLE.com', 'ALICE_LIDDELL'])('refuses %s', (password) => {
    expect(() => refuseCommonPassword(password, alice)).toThrow(tooCommon);
  });

  test('takes everything else, what merely holds the address or name too', () => {
    for (const password of ['a long and quiet night', 'alice_liddell in wonderland', 'alice.liddell@example.org'])
      expect(() => refuseCommonPassword(password, alice)).not.toThrow();
  });

  test('refuses from the list even where nothing is known of the account', () => {
    expect(() => refuseCommonPassword('sunshine', {})).toThrow(tooCommon);
    expect(() => refuseCommonPassword('alice_liddell', {})).not.toThrow();
  });
});
