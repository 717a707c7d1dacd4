import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import fc from 'fast-check';
import type { DescribedOperation } from './described-operations.ts';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const HOSTILE_TEXTS = [
  '',
  ' ',
  '\0',
  'a\r\nBcc: victim@example.com',
  "' or 1=1 --",
  '%00%0a..%2f..%2f',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\ud800',
  '\u202e\ufeff',
  '🌙'.repeat(200),
  'x'.repeat(9000),
  'a@b.co',
  'a'.repeat(64).concat('@example.com'),
  '019aa0b5-6f00-7000-8000-000000000001',
  '000000',
  'register',
];
const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'newPassword',
  'refreshToken',
  '$ne',
  '',
  'a.b',
  'length',
];
const TYPES = [
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'APPLICATION/JSON',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'nonsense',
];
const TOKENS = ['', 'Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic eDp4', `Bearer ${'x'.repeat(5000)}`];
const LANGUAGES = ['', 'zh', 'en;q=0', '*', 'zh;q=9,,;;', 'x'.repeat(2000)];

const hostileText = fc.constantFrom(...HOSTILE_TEXTS);
const anyText = fc.oneof(hostileText, fc.string({ unit: 'binary', maxLength: 40 }), fc.emailAddress());
const value = fc.oneof({ weight: 3, arbitrary: anyText }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });

/** An accepted body with an error: a field changed, left out or added. */
const corrupted = (body: Readonly<Record<string, unknown>>) => {
  const fields = Object.keys(body);
  const key = fc.constantFrom(...HOSTILE_KEYS, ...fields);
  return fc.oneof(
    fc.record({ key, value }).map((change) => JSON.stringify({ ...body, [change.key]: change.value })),
    fc.subarray(fields).map((kept) => JSON.stringify(Object.fromEntries(kept.map((name) => [name, body[name]])))),
    fc.dictionary(key, value, { maxKeys: 6 }).map((each) => JSON.stringify(each)),
  );
};

const deep = fc.integer({ min: 1, max: 15_000 }).map((depth) => `${'[{"a_b":'.repeat(depth / 8)}1`);
const anyBody = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', 'null', '[]', '""', '0', '{', '{"a":1}{', '\ufeff{}', `"${'x'.repeat(70_000)}"`),
  deep,
);

const bodyOf = ({ bodies }: DescribedOperation): fc.Arbitrary<Buffer> => {
  const nearlyValid = bodies.length === 0 ? fc.constant('{}') : fc.oneof(...bodies.map(corrupted));
  return fc.oneof(
    { weight: 6, arbitrary: nearlyValid.map((body) => Buffer.from(body)) },
    { weight: 3, arbitrary: anyBody.map((body) => Buffer.from(body)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  );
};

const header = (name: string, values: readonly string[]) =>
  fc.constantFrom(...values).map((given): Record<string, string> => (given === '' ? {} : { [name]: given }));

const headersOf = (token: string | undefined) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
        header('content-type', ['', ...TYPES]),
      ),
      fc.oneof(
        { weight: token === undefined ? 0 : 4, arbitrary: fc.constant({ authorization: `Bearer ${token}` }) },
        header('authorization', TOKENS),
      ),
      header('accept-language', LANGUAGES),
    )
    .map((parts): Record<string, string> => Object.assign({}, ...parts));

const pathOf = (path: string) =>
  fc
    .tuple(
      fc
        .oneof(anyText, fc.constantFrom('%ff', '%', '..', 'x/y'))
        .map((given) => (given.startsWith('%') ? given : encodeURIComponent(given.toWellFormed()))),
      fc.constantFrom('', '/', '?token=x', '?__proto__[x]=1&a=%ff', '/?x'),
    )
    .map(([parameter, end]) => path.replaceAll(/\{\w+\}/g, parameter || '-') + end);

/** Hostile requests to an operation; many of them are nearly valid. */
export const hostileRequests = (
  operation: DescribedOperation,
  token: string | undefined,
): fc.Arbitrary<HostileRequest> =>
  fc.record({
    method: fc.constant(operation.method),
    path: pathOf(operation.path),
    headers: headersOf(token),
    body: operation.method === 'GET' ? fc.constant(Buffer.alloc(0)) : bodyOf(operation),
  });

export interface Received {
  readonly sent: HostileRequest;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const CONNECTIONS = 16;
const BODY_LIMIT_BYTES = 64 * 1024;

const sendOne = async (url: string, agent: Agent, sent: HostileRequest): Promise<Received | undefined> => {
  const { method, path, headers, body } = sent;
  const length = method === 'GET' ? {} : { 'content-length': body.length };
  const outgoing = httpRequest(url + path, { agent, method, headers: { ...headers, ...length } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
  });
  outgoing.end(body);
  try {
    const answer = await answered;
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    return { sent, status: answer.statusCode ?? 0, headers: answer.headers, text };
  } catch (error) {
    // The server may close the connection of a body that is too large before the answer is read.
    if (body.length > BODY_LIMIT_BYTES) return undefined;
    throw error;
  }
};

/** Sends raw requests over 16 connections and passes every answer to `check`. Rejects when `check` throws. */
export const sendAll = async (
  url: string,
  requests: readonly HostileRequest[],
  check: (received: Received) => void,
): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const queue = requests[Symbol.iterator]();
  const work = async () => {
    for (const sent of queue) {
      const received = await sendOne(url, agent, sent);
      if (received !== undefined) check(received);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();
};
