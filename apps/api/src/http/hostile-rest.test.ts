import { errorCatalogue, isErrorCode } from '@moonlight/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createAccount, startTestServer, type TestServer } from '../testing.ts';
import { type DescribedOperation, describedOperations } from '../testing/described-operations.ts';
import { hostileRequests, type Received, sendAll } from '../testing/hostile-requests.ts';

// HOSTILE_REQUESTS makes a quick run smaller. The full number is sent without it, and always in CI.
const FULL_RUNS = 2000;
const RUNS = process.env['CI'] === undefined ? Number(process.env['HOSTILE_REQUESTS'] ?? FULL_RUNS) : FULL_RUNS;
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let server: TestServer;

beforeAll(async () => {
  // Limits would refuse most requests before the code that is tested here.
  const env = {
    REGISTRATIONS_PER_IP_PER_HOUR: '999999',
    CHECK_EMAIL_PER_IP_PER_MINUTE: '999999',
    MAILS_PER_IP_PER_HOUR: '999999',
  };
  server = await startTestServer({ env: { ...env, CAPTCHA_PROVIDER: 'none', LOGIN_FAILURES_PER_IP: '999999' } });
});
afterAll(() => server.close());

const successEnvelope = z.strictObject({
  code: z.literal(0),
  message: z.string().min(1),
  token: z.string().optional(),
  data: z.unknown(),
});
const errorEnvelope = z.strictObject({
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

// No operation lists these, because every path may answer so. A hostile path may also match another route or none.
const ANYWHERE = ['400 VALIDATION_FAILED', '404 NOT_FOUND', '405 METHOD_NOT_ALLOWED', '413 PAYLOAD_TOO_LARGE'];

/** The outcome of a request as the document lists it, or what is wrong with the answer. */
const readOutcome = ({ status, headers, text }: Received): string => {
  if (headers['cache-control'] !== 'no-store' || headers['x-request-id'] === undefined) return 'a header is missing';
  if (headers['content-type'] !== 'application/json; charset=utf-8') return `content type ${headers['content-type']}`;
  const body: unknown = JSON.parse(text);
  if (status < 400) return successEnvelope.safeParse(body).success ? String(status) : 'another shape';
  const read = errorEnvelope.safeParse(body);
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
    '$method $path answers only as the document says',
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
      // Ensures that requests also get past the authentication, where that is likely.
      const isOftenAuthorized = operation.isBearer && operation.method !== 'POST' && !operation.path.includes('{');
      const expected = isOftenAuthorized ? ['200', '401 MISSING_TOKEN'] : [];
      if (operation.bodies.length > 0) expected.push('400 VALIDATION_FAILED');
      expect([...seen]).toEqual(expect.arrayContaining(expected));
    },
  );
});
