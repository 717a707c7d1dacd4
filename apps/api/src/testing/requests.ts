import { z } from 'zod';

interface Options {
  /** Sent as JSON; a string is sent unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined if the answer is not JSON. */
  readonly body: unknown;
}

/** Sends one request. The body is JSON unless the headers name another content type. */
export const ask = async (method: string, url: string, { body, headers, token }: Options = {}): Promise<Answer> => {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = text !== '' && (answer.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
};

interface CallOptions {
  readonly input?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const trpcBody = z.object({
  result: z.object({ data: z.unknown() }).optional(),
  error: z.looseObject({ message: z.string(), data: z.looseObject({ error: z.string() }) }).optional(),
});

const readTrpc = ({ status, headers, text, body }: Answer) => {
  const { result, error } = trpcBody.parse(body);
  return { status, headers, text, data: result?.data, error };
};

/** Calls a mutation through the tRPC API. */
export const mutate = async (url: string, path: string, { input, ...options }: CallOptions = {}) =>
  readTrpc(await ask('POST', `${url}/trpc/${path}`, { body: input ?? {}, ...options }));

/** Calls a query through the tRPC API. */
export const query = async (url: string, path: string, { input, ...options }: CallOptions = {}) => {
  const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return readTrpc(await ask('GET', `${url}/trpc/${path}${search}`, options));
};

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

let created = 0;

/** Registers an account through the REST API and logs in. The email address is not verified. */
export const createAccount = async (url: string): Promise<TestAccount> => {
  created += 1;
  const username = `user_${created}`;
  const email = `User.${created}@example.com`;
  await ask('POST', `${url}/api/v1/auth/register`, { body: { email, username, password: PASSWORD } });
  const { body } = await ask('POST', `${url}/api/v1/auth/login`, { body: { email, password: PASSWORD } });
  const { user, tokens } = loginBody.parse(body).data;
  return { id: user.id, email, username, accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
};
