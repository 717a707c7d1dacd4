import { z } from 'zod';
import { ask } from './ask.ts';

export const PASSWORD = 'a long and quiet night';

export interface TestAccount {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

const loginBody = z.object({
  data: z.object({
    user: z.object({ id: z.string() }),
    tokens: z.object({ access_token: z.string(), refresh_token: z.string() }),
  }),
});

let made = 0;

/** Registers an account through the REST door and logs it in. The address is not verified. */
export const createAccount = async (url: string): Promise<TestAccount> => {
  made += 1;
  const username = `user_${made}`;
  const email = `User.${made}@example.com`;
  await ask('POST', `${url}/api/v1/auth/register`, { body: { email, username, password: PASSWORD } });
  const { body } = await ask('POST', `${url}/api/v1/auth/login`, { body: { email, password: PASSWORD } });
  const { user, tokens } = loginBody.parse(body).data;
  return { id: user.id, email, username, accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
};
