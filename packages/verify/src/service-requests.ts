import { isVerifyErrorCode, VerifyError } from './verify-error.ts';

const TIMEOUT_MS = 5000;
// A key has about 200 bytes and a user about 500. A much longer answer does not come from Moonlight.
const MAX_BYTES = 64 * 1024;

const readBounded = async (answer: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  const chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = answer.body ?? [];
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
  }
  return text;
};

/** The body of a JSON answer, whatever its status. Throws VerifyError UNAVAILABLE if none arrives within 5 s. */
export const fetchJson = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  try {
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return JSON.parse(await readBounded(answer));
  } catch (cause) {
    throw new VerifyError('UNAVAILABLE', { message: `${new URL(url).origin} gives no valid answer`, cause });
  }
};

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

/** The characters of a token (RFC 7515, 7.1). */
export const TOKEN: RegExp = /^[\w.-]+$/;

/**
 * The account of a token, as the service answers now. Throws VerifyError TOKEN_EXPIRED, TOKEN_INVALID, ACCOUNT_DISABLED,
 * USER_NOT_FOUND or UNAVAILABLE.
 */
export const introspect = async (serviceUrl: string, token: string): Promise<User> => {
  // Only the characters of a token may become part of a header.
  if (!TOKEN.test(token)) throw new VerifyError('TOKEN_INVALID');
  const body = await fetchJson(`${serviceUrl}/trpc/account.profile`, { authorization: `Bearer ${token}` });
  const user = at(body, 'result', 'data');
  if (isUser(user)) return user;
  const code = at(body, 'error', 'data', 'error');
  throw new VerifyError(isVerifyErrorCode(code) ? code : 'UNAVAILABLE');
};
