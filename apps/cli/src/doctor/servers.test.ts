import { once } from 'node:events';
import { createServer } from 'node:http';
import { connectRedis } from '@moonlight/redis';
import { type RunningRedis, startRedis } from '@moonlight/redis/testing';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { examined, type Fault } from '../testing/examined.ts';
import type { Area } from './finding.ts';

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const portOf = (address: unknown): string => {
  if (typeof address === 'object' && address !== null && 'port' in address) return String(address.port);
  throw new Error('a TCP port was expected');
};

/** Settings of Redis until the end of the test. */
const set = async (...settings: string[]) => {
  const client = connectRedis([redis.url]);
  await client.config('SET', ...settings);
  client.disconnect();
  onTestFinished(async () => {
    const repairing = connectRedis([redis.url.replace('redis://', 'redis://:right@')]);
    await repairing.config('SET', 'maxmemory-policy', 'noeviction', 'requirepass', '');
    repairing.disconnect();
  });
  return { REDIS_URL: redis.url };
};

/** An SMTP server with an account until the end of the test. */
const smtp = async (options: SMTPServerOptions, env: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> => {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) =>
      done(username === 'moon' && password === 'right' ? null : new Error('no'), { user: 'moon' }),
    onData: (_stream, _session, done) => done(new Error('doctor must send no mail')),
    ...options,
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { MAIL_SERVER: '127.0.0.1', MAIL_PORT: portOf(listener.address()), MAIL_USE_SSL: 'false', ...env };
};

/** A captcha provider that knows no secret. */
const provider = async () => {
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ success: false, 'error-codes': ['invalid-input-secret'] })),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return {
    CAPTCHA_PROVIDER: 'turnstile',
    CAPTCHA_SECRET: 'hunter2hunter2',
    CAPTCHA_VERIFY_URL: `http://127.0.0.1:${portOf(server.address())}/siteverify`,
  };
};

const plain: SMTPServerOptions = { disabledCommands: ['STARTTLS'] };

interface Planted {
  readonly area: Area;
  readonly plant: () => Promise<NodeJS.ProcessEnv> | NodeJS.ProcessEnv;
  readonly fault: Fault;
}

const planted: Readonly<Record<string, Planted>> = {
  'Redis that does not run': {
    area: 'queue',
    plant: () => ({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' }),
    fault: { variable: 'REDIS_URL', seen: /127\.0\.0\.1:1 refuses connections/, advice: /whether the server runs/ },
  },
  'a wrong password of Redis': {
    area: 'queue',
    plant: async () => {
      await set('requirepass', 'right');
      return { REDIS_URL: redis.url.replace('redis://', 'redis://:hunter2@') };
    },
    fault: { variable: 'REDIS_URL', seen: /refuses the user or the password/, advice: /user and password/ },
  },
  'a Redis that evicts keys': {
    area: 'queue',
    plant: () => set('maxmemory-policy', 'allkeys-lru'),
    fault: { variable: 'REDIS_URL', seen: /maxmemory-policy allkeys-lru/, advice: /noeviction/ },
  },
  'a node of a Redis cluster as the only address': {
    area: 'queue',
    plant: async () => {
      const node = await startRedis({ cluster: true });
      onTestFinished(() => node.stop());
      return { REDIS_URL: node.url };
    },
    fault: { variable: 'REDIS_URL', seen: /node of a cluster/, advice: /several of its nodes/ },
  },
  'no mail server': {
    area: 'mail',
    plant: () => ({}),
    fault: { variable: 'MAIL_SERVER', seen: /not set/, advice: /Name an SMTP server/ },
  },
  'a mail server that does not run': {
    area: 'mail',
    plant: () => ({ MAIL_SERVER: '127.0.0.1', MAIL_PORT: '1', MAIL_USE_SSL: 'false' }),
    fault: { variable: 'MAIL_SERVER', seen: /127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/, advice: /MAIL_PORT/ },
  },
  'a wrong password of the mail account': {
    area: 'mail',
    plant: () => smtp({ ...plain, allowInsecureAuth: true }, { MAIL_USERNAME: 'moon', MAIL_PASSWORD: 'hunter2' }),
    fault: { variable: 'MAIL_PASSWORD', seen: /refuses the login \(535 /, advice: /MAIL_USERNAME and MAIL_PASSWORD/ },
  },
  'TLS from the first byte on a port that has none': {
    area: 'mail',
    plant: () => smtp(plain, { MAIL_USE_SSL: 'true' }),
    fault: { variable: 'MAIL_USE_SSL', seen: /does not speak TLS as configured/, advice: /MAIL_USE_TLS=true/ },
  },
  'STARTTLS that is not offered': {
    area: 'mail',
    plant: () => smtp({ disabledCommands: ['STARTTLS'] }, { MAIL_USE_TLS: 'true' }),
    fault: { variable: 'MAIL_USE_SSL', seen: /does not speak TLS as configured/, advice: /STARTTLS/ },
  },
  'a certificate that no authority signed': {
    area: 'mail',
    // smtp-server has a certificate of its own for tests.
    plant: () => smtp({}, { MAIL_USE_TLS: 'true' }),
    fault: { variable: 'MAIL_SERVER', seen: /certificate that is not trusted/, advice: /NODE_EXTRA_CA_CERTS/ },
  },
  'a sender that the mail server refuses': {
    area: 'mail',
    plant: () =>
      smtp(
        {
          ...plain,
          onMailFrom: (_address, _session, done) =>
            done(Object.assign(new Error('not your domain'), { responseCode: 550 })),
        },
        { MAIL_SENDER_EMAIL: 'no-reply@other.example' },
      ),
    fault: { variable: 'MAIL_SENDER_EMAIL', seen: /refuses the sender \(550 not your domain\)/, advice: /of a domain/ },
  },
  'a secret that Turnstile does not know': {
    area: 'captcha',
    plant: provider,
    fault: { variable: 'CAPTCHA_SECRET', seen: /turnstile: refused: invalid-input-secret/, advice: /Copy the secret/ },
  },
};

test('Redis and a mail server that are well have no fault, and no mail is sent', async () => {
  const mail = await smtp({ ...plain, allowInsecureAuth: true }, { MAIL_USERNAME: 'moon', MAIL_PASSWORD: 'right' });
  const env = { ...mail, REDIS_URL: redis.url };
  expect(await examined(env, { area: 'queue' })).toMatchObject({
    faults: [],
    oks: [expect.stringMatching(/^Redis \d/)],
  });
  expect(await examined(env, { area: 'mail' })).toMatchObject({
    faults: [],
    oks: [expect.stringMatching(/accepts the login/)],
  });
});

test.each(Object.entries(planted))('doctor explains %s', async (_name, { area, plant, fault }) => {
  const { faults, text } = await examined(await plant(), { area });
  const { variable } = fault;
  const [seen, advice] = [expect.stringMatching(fault.seen), expect.stringMatching(fault.advice)];
  expect(faults).toEqual([{ area, status: 'wrong', variable, seen, advice }]);
  expect(text).not.toContain('hunter2');
});
