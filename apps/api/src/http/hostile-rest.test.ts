import { errorCatalogue, isErrorCode } from '@moonlight/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createAccount, startTestServer, type TestServer } from '../testing.ts';
import { type DescribedOperation, describedOperations } from '../testing/described-operations.ts';
import { hostileRequests } from '../testing/hostile-requests.ts';
import { type Received, sendAll } from '../testing/send-all.ts';

const RUNS = 2000;
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let server: TestServer;

beforeAll(async () => {
  // Limits would hide what lies behind them.
  const env = {
    REGISTRATIONS_PER_IP_PER_HOUR: '999999',
    CHECK_EMAIL_PER_IP_PER_MINUTE: '999999',
    MAILS_PER_IP_PER_HOUR: '999999',
  };
  server = await startTestServer({ env: { ...env, CAPTCHA_PROVIDER: 'none', LOGIN_FAILURES_PER_IP: '999999' } });
});
afterAll(() => server.close());

const success = z.strictObject({
  code: z.literal(0),
  message: z.string().min(1),
  token: z.string().optional(),
  data: z.unknown(),
});
const refusal = z.strictObject({
  code: z.int(),
  message: z.string(),
  error: z.string().refine(isErrorCode),
  request_id: z.string().min(1),
  details: z
    .array(z.strictObject({ path: z.string(), message: z.string().min(1) }))
    .max(20)
    .optional(),
  retry_after: z.int().positive().optional(),
});

// What no operation lists, because any path may answer so; a hostile path may also be another route's, or nobody's.
const ANYWHERE = ['400 VALIDATION_FAILED', '404 NOT_FOUND', '405 METHOD_NOT_ALLOWED', '413 PAYLOAD_TOO_LARGE'];

/** What became of a request, or a complaint: another shape, a header that is missing, a sentence nobody wrote. */
const readOutcome = ({ status, headers, text }: Received): string => {
  if (headers['cache-control'] !== 'no-store' || headers['x-request-id'] === undefined) return 'a header is missing';
  if (headers['content-type'] !== 'application/json; charset=utf-8') return `content type ${headers['content-type']}`;
  const body: unknown = JSON.parse(text);
  if (status < 400) return success.safeParse(body).success ? String(status) : 'another shape';
  const read = refusal.safeParse(body);
  if (!read.success) return 'another shape';
  const { code, message, error, request_id: requestId, retry_after: wait } = read.data;
  const { en, 'zh-CN': zh } = errorCatalogue[error].message;
  const isWhole =
    code === status && requestId === headers['x-request-id'] && String(wait) === String(headers['retry-after']);
  if (!isWhole || (message !== en && message !== zh)) return 'the answer contradicts itself';
  if ((status === 401) !== (headers['www-authenticate'] === 'Bearer')) return 'the scheme is missing';
  return `${status} ${error}`;
};

describe(`seed ${seed} (FAST_CHECK_SEED repeats a run)`, () => {
  test.each<DescribedOperation>(describedOperations)(
    '$method $path: every answer is one the description lists',
    async (operation) => {
      const token = operation.isBearer ? (await createAccount(server.url)).accessToken : undefined;
      const requests = fc.sample(hostileRequests(operation, token), { numRuns: RUNS, seed });
      const allowed = new Set([...operation.outcomes, ...ANYWHERE]);
      const seen = new Set<string>();
      await sendAll(server.url, requests, (received) => {
        const outcome = readOutcome(received);
        seen.add(outcome);
        if (allowed.has(outcome) && received.status < 500) return;
        const { method, path, headers, body } = received.sent;
        expect.fail(
          `${outcome}: ${received.text}\nto ${method} ${path} ${JSON.stringify(headers)} ${body.toString().slice(0, 500)}`,
        );
      });
      // Otherwise they would show no more than that strangers stay outside.
      const isOpened = operation.isBearer && operation.method !== 'POST' && !operation.path.includes('{');
      const expected = isOpened ? ['200', '401 MISSING_TOKEN'] : [];
      if (operation.bodies.length > 0) expected.push('400 VALIDATION_FAILED');
      expect([...seen]).toEqual(expect.arrayContaining(expected));
    },
  );
});
