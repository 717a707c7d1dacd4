import { fetchJson } from './fetch-json.ts';
import { isVerifyErrorCode, VerifyError } from './verify-error.ts';

/** An account as its owner sees it. Times are ISO 8601, UTC. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly isActive: boolean;
  readonly isEmailVerified: boolean;
  readonly emailVerifiedAt: string | null;
  readonly locale: 'en' | 'zh-CN';
  readonly createdAt: string;
  readonly updatedAt: string;
}

const at = (value: unknown, ...path: readonly string[]): unknown => {
  let found = value;
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return found;
};

const isText = (value: unknown): value is string => typeof value === 'string';

const isUser = (value: unknown): value is User =>
  ['id', 'email', 'username', 'locale', 'createdAt', 'updatedAt'].every((key) => isText(at(value, key))) &&
  ['isActive', 'isEmailVerified'].every((key) => typeof at(value, key) === 'boolean') &&
  (at(value, 'emailVerifiedAt') === null || isText(at(value, 'emailVerifiedAt')));

/** The account behind a token, as the service sees it now. Throws VerifyError. */
export const introspect = async (serviceUrl: string, token: string): Promise<User> => {
  // What is no token may not become part of a header.
  if (!/^[\w.-]+$/.test(token)) throw new VerifyError('TOKEN_INVALID');
  const body = await fetchJson(`${serviceUrl}/trpc/account.profile`, { authorization: `Bearer ${token}` });
  const user = at(body, 'result', 'data');
  if (isUser(user)) return user;
  const code = at(body, 'error', 'data', 'error');
  throw new VerifyError(isVerifyErrorCode(code) ? code : 'UNAVAILABLE');
};
