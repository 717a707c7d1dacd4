import { createTestAuth, logIn, registerByLink, type TestAuth, testRequest } from '@moonlight/auth/testing';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerCalls } from './answer-calls.ts';
import { appRouter } from './app-router.ts';
import { type Context, currentRequest } from './context.ts';
import { responseMeta } from './public-error.ts';

const request = testRequest();
let auth: TestAuth;
let token: string;

beforeAll(async () => {
  auth = await createTestAuth();
  const { person } = await registerByLink(auth);
  token = (await logIn(auth, person)).accessToken;
});
afterAll(() => auth.close());

interface Sent {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'PUT';
  readonly path: string;
  readonly batch?: string;
  readonly input?: unknown;
  /** Sent instead of the input's JSON. */
  readonly text?: string;
  readonly isAnonymous?: boolean;
}

const contextOf = ({ isAnonymous = false }: Sent): Context => ({
  auth,
  request,
  token: isAnonymous ? undefined : token,
});
const textOf = ({ input, text }: Sent) => text ?? (input === undefined ? undefined : JSON.stringify(input));

const ours = (sent: Sent) =>
  currentRequest.run(request, () =>
    answerCalls({ ...sent, batch: sent.batch, inputs: textOf(sent) }, contextOf(sent), () => undefined),
  );

const OUR_HEADERS = ['retry-after', 'www-authenticate'];

/** The answer of tRPC's own adapter. */
const theirs = (sent: Sent) =>
  currentRequest.run(request, async () => {
    const url = new URL(`http://127.0.0.1/${sent.path}`);
    if (sent.batch !== undefined) url.searchParams.set('batch', sent.batch);
    const text = textOf(sent);
    if (text !== undefined && sent.method === 'GET') url.searchParams.set('input', text);
    const body = sent.method === 'POST' && text !== undefined ? { body: text } : {};
    const req = new Request(url, { method: sent.method, headers: { 'content-type': 'application/json' }, ...body });
    const answer = await fetchRequestHandler({
      req,
      endpoint: '/',
      router: appRouter,
      createContext: () => contextOf(sent),
      responseMeta,
    });
    const headers = [...answer.headers].filter(([name]) => OUR_HEADERS.includes(name));
    return { status: answer.status, headers, body: await answer.text() };
  });

const email = 'nobody@example.com';
const ANSWERED: Record<string, Sent> = {
  'a query': { method: 'GET', path: 'account.profile' },
  'a query without a token': { method: 'GET', path: 'account.profile', isAnonymous: true },
  'a query with an input it does not take': { method: 'GET', path: 'account.profile', input: { a: 1 } },
  'a mutation': { method: 'POST', path: 'auth.checkEmail', input: { email } },
  'a mutation with a wrong input': { method: 'POST', path: 'auth.checkEmail', input: { email: 'x' } },
  'a mutation with null': { method: 'POST', path: 'auth.checkEmail', input: null },
  'a batch of one': { method: 'POST', path: 'auth.checkEmail', batch: '1', input: { 0: { email } } },
  'a batch of two answers': { method: 'GET', path: 'account.profile,sessions.list', batch: '1' },
  'a batch of one answer and one error': {
    method: 'POST',
    path: 'auth.checkEmail,auth.checkEmail',
    batch: '1',
    input: { 0: { email }, 1: { email: 'x' } },
  },
  'a batch of two equal errors': { method: 'POST', path: 'auth.checkEmail,auth.checkEmail', batch: '1', input: {} },
  'a batch parameter that means none': { method: 'POST', path: 'auth.checkEmail', batch: '0', input: { email } },
};

test.each(Object.entries(ANSWERED))('%s is answered as by the adapter of tRPC', async (_name, sent) => {
  const { headers = [], ...answer } = (await ours(sent)) ?? {};
  expect({ ...answer, headers: [...headers] }).toEqual(await theirs(sent));
});

test('a registration is answered with 201', async () => {
  const input = { email: 'new@example.com', username: 'newcomer', password: 'a long and quiet night' };
  expect(await ours({ method: 'POST', path: 'auth.register', input })).toMatchObject({ status: 201 });
});

const LEFT_TO_TRPC: Record<string, Sent> = {
  'an unknown procedure': { method: 'POST', path: 'auth.nothing', input: {} },
  'a name of the prototype': { method: 'POST', path: '__proto__', input: {} },
  'one unknown procedure in a batch': { method: 'POST', path: 'auth.logout,auth.nothing', batch: '1', input: {} },
  'a query sent as a mutation': { method: 'POST', path: 'account.profile', input: {} },
  'a mutation sent as a query': { method: 'GET', path: 'auth.logout' },
  'a query among mutations': { method: 'POST', path: 'auth.logout,account.profile', batch: '1', input: {} },
  'a mutation without a body': { method: 'POST', path: 'auth.logout' },
  'malformed JSON': { method: 'POST', path: 'auth.logout', text: '{' },
  'a batch whose inputs are a list': { method: 'POST', path: 'auth.checkEmail', batch: '1', input: [{ email }] },
  'a batch whose inputs are null': { method: 'POST', path: 'auth.checkEmail', batch: '1', input: null },
  'another method': { method: 'HEAD', path: 'account.profile' },
};

test.each(Object.entries(LEFT_TO_TRPC))('%s is left to tRPC, and nothing runs', async (_name, sent) => {
  auth.statements();
  expect(await ours(sent)).toBeUndefined();
  expect(auth.statements()).toEqual([]);
});

test('parameters that were sent twice are left to tRPC', async () => {
  const calls = { method: 'GET', path: 'account.profile' };
  const context = contextOf({ method: 'GET', path: '' });
  expect(
    await answerCalls({ ...calls, batch: ['1', '1'], inputs: undefined }, context, () => undefined),
  ).toBeUndefined();
  expect(await answerCalls({ ...calls, batch: '1', inputs: ['{}', '{}'] }, context, () => undefined)).toBeUndefined();
});
