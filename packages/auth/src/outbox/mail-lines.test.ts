import { outbox } from '@moonlight/db';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import type { RequestInfo } from '../deps.ts';
import { resendVerification } from '../email-verification/resend-verification.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { register } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { changeInLoop } from '../testing/notices.ts';
import { newPerson, registerVerified } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { MailRefusedError, type MailSender } from './attempt-delivery.ts';
import { createMailDelivery } from './mail-delivery.ts';
import { sendHeldNotices } from './send-held-notices.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ settings: { limits: { mailCooldownSeconds: 0 } } });
});
beforeEach(async () => {
  await t.deps.db.delete(outbox);
});
afterAll(() => t.close());

interface Line {
  readonly reqId?: string;
  readonly message: string;
}

/** Tries once to send the mails that are due. Returns the worker's lines. */
const deliver = async (send: MailSender['send']): Promise<Line[]> => {
  const lines: Line[] = [];
  const write = (fields: object, message: string) => void lines.push({ ...fields, message });
  const deps = { ...t.deps, log: { info: write, warn: write, error: write } };
  const delivery = createMailDelivery({ ...deps, senders: { email: { send } } });
  await delivery.drain();
  await delivery.close();
  return lines;
};
const works = async () => undefined;

const person = newPerson();
const calls: Readonly<Record<string, (request: RequestInfo) => Promise<unknown>>> = {
  registration: (request) => register(t.deps, person, request),
  'repeated link': (request) => resendVerification(t.deps, { email: person.email }, request),
  code: (request) => sendCode(t.deps, { email: newPerson().email, type: 'register' }, request),
  'reset link': (request) => sendPasswordReset(t.deps, { email: person.email }, request),
  'changed password': async (request) => {
    const { person: owner } = await registerVerified(t);
    await t.deps.db.delete(outbox);
    await changeInLoop(t, owner, { times: 1, request });
  },
};

test.each(Object.keys(calls))('a mail carries the id of the call that caused it: %s', async (name) => {
  const request = testRequest();
  await calls[name]?.(request);
  expect(await deliver(works)).toMatchObject([{ reqId: request.requestId, message: 'mail sent' }]);
});

test('every line about a mail carries that id: postponed, refused and dropped', async () => {
  const request = testRequest();
  const queue = () => sendPasswordReset(t.deps, { email: person.email }, request);
  await queue();
  const postponed = await deliver(() => Promise.reject(new Error('no connection')));
  t.clock.advance(2);
  const refused = await deliver(() => Promise.reject(new MailRefusedError('550')));
  await queue();
  t.clock.advance(t.deps.settings.lifetimes.resetLinkSeconds);
  const lines = [...postponed, ...refused, ...(await deliver(works))];
  expect(lines.map(({ reqId }) => reqId)).toEqual([request.requestId, request.requestId, request.requestId]);
});

test('a mail that merges the notices of several calls carries no id', async () => {
  const { person: owner } = await registerVerified(t);
  await changeInLoop(t, owner, { times: 5 });
  await t.deps.db.delete(outbox);
  t.clock.advance(3600);
  expect(await sendHeldNotices(t.deps)).toBe(1);
  const lines = await deliver(works);
  expect(lines).toMatchObject([{ message: 'mail sent' }]);
  expect(lines[0]).not.toHaveProperty('reqId');
});
