import { z } from 'zod';

interface More {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON; undefined when the answer is not JSON. */
  readonly body: unknown;
}

/** Sends a request, such as `POST /api/v1/auth/login`, with the body as JSON if there is one. */
export type Rest = (route: string, body?: unknown, more?: More) => Promise<Answer>;

/** The REST API of a service, as a program uses it that knows HTTP and JSON only. */
export const restOf =
  (url: string): Rest =>
  async (route, body, { token, headers } = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = text !== '' && (answer.headers.get('content-type') ?? '').startsWith('application/json');
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };

const pair = z.object({ access_token: z.string(), refresh_token: z.string() });
const withTokens = z.object({ data: z.union([pair, z.object({ tokens: pair }).transform(({ tokens }) => tokens)]) });

/** The tokens of an answer to a login, a registration by code, or a refresh. */
export const tokensIn = ({ body }: Answer): { readonly access: string; readonly refresh: string } => {
  const { access_token: access, refresh_token: refresh } = withTokens.parse(body).data;
  return { access, refresh };
};
