import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { createMoonlightClient } from '@moonlight/client';
import { describe, expect, test } from 'vitest';
import { password, register } from '../src/people.ts';
import { type Stack, startStack } from '../src/start-stack.ts';
import { until } from '../src/concurrency.ts';

interface Delivery {
  readonly to: string;
  readonly messageId: string;
}

/** The next mail, which is not answered until the test says so. */
interface Hold {
  /** Resolves when the mail has arrived and its sender waits for "250". */
  readonly arrived: Promise<Delivery>;
  readonly answer: () => void;
}

interface SlowSmtp extends AsyncDisposable {
  readonly port: number;
  /** The mails that were answered with "250", in that order. */
  readonly taken: readonly Delivery[];
  holdNext(): Hold;
}

/** A mail server whose answers a test can delay. */
const startSlowSmtp = async (): Promise<SlowSmtp> => {
  const taken: Delivery[] = [];
  const holds: { arrive: (delivery: Delivery) => void; answered: Promise<void> }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onData: (stream, { envelope }, done) => {
      void (async () => {
        const messageId = /^Message-ID: (.+)$/im.exec(await text(stream))?.[1]?.trim() ?? '';
        const delivery = { to: envelope.rcptTo.map(({ address }) => address).join(), messageId };
        const hold = holds.shift();
        hold?.arrive(delivery);
        await hold?.answered;
        taken.push(delivery);
        done();
      })();
    },
  });
  server.on('error', () => undefined); // The tests kill senders during a mail.
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return {
    port: address.port,
    taken,
    holdNext: () => {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<Delivery>();
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      holds.push({ arrive, answered });
      return { arrived, answer };
    },
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  };
};

// A worker that was killed keeps its mails for two minutes: until the lease ends.
describe.concurrent('a queued mail arrives', { timeout: 60_000 }, () => {
  /** An API without a worker, and a mail server whose answers can be delayed. */
  const start = async () => {
    const smtp = await startSlowSmtp();
    const stack = await startStack({ workers: 0, env: { MAIL_PORT: String(smtp.port) } });
    const end = async () => {
      await stack.close();
      await smtp[Symbol.asyncDispose]();
    };
    return { smtp, stack, [Symbol.asyncDispose]: end };
  };

  const outbox = async ({ sql }: Stack) => {
    const [row] = await sql.query<{ id: string; state: string }>('select id, state from outbox');
    return row!;
  };

  /** Waits until a connection waits for a lock with a statement that matches the LIKE pattern. */
  const untilBlocked = ({ sql }: Stack, statement: string) =>
    until(async () => {
      const waiting = await sql.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [statement],
      );
      if (waiting.length === 0) throw new Error(`no connection waits with ${statement}`);
      return waiting;
    });

  /** The last statement of a killed process would run after its end. */
  const endConnection = ({ sql }: Stack, connection: { pid: number } | undefined) =>
    sql.query('select pg_terminate_backend($1)', [connection?.pid]);

  const LEASE_SECONDS = 120;

  const untilSent = async (stack: Stack) => {
    await stack.mailsSettled();
    expect((await outbox(stack)).state).toBe('sent');
  };

  test('when no worker runs yet', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    const { email } = await register(stack.url);
    const { id } = await outbox(stack);
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toEqual([{ to: email, messageId: `<${id}@accounts.example.com>` }]);
  });

  test('when the worker is killed before it sends the mail', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    await register(stack.url);
    await lock.query('lock table outbox in access exclusive mode');
    const worker = await stack.start('worker');
    await untilBlocked(stack, 'update "outbox" set "state"%');
    await worker.kill();
    // Its last statement runs after its end: it claims the mail.
    await lock.query('rollback');
    await until(async () => expect(await outbox(stack)).toMatchObject({ state: 'sending' }));
    await stack.start('worker');
    await stack.sql.passTime(LEASE_SECONDS);
    await untilSent(stack);
    expect(smtp.taken).toHaveLength(1);
  });

  test('when the worker is killed during the SMTP session', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    const { arrived } = smtp.holdNext();
    const worker = await stack.start('worker');
    await register(stack.url);
    const first = await arrived;
    await worker.kill();
    expect(await outbox(stack)).toMatchObject({ state: 'sending' });
    await stack.start('worker');
    await stack.sql.passTime(LEASE_SECONDS);
    await untilSent(stack);
    expect(smtp.taken).toEqual([first]);
  });

  test('twice, with the same Message-ID, when the worker is killed after "250"', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    const { arrived, answer } = smtp.holdNext();
    const worker = await stack.start('worker');
    await register(stack.url);
    const first = await arrived;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    // This lock blocks the update that marks the mail as sent.
    await lock.query('lock table outbox in share mode');
    answer();
    const [recording] = await untilBlocked(stack, 'update "outbox" set "state" = ended%');
    await worker.kill();
    await endConnection(stack, recording);
    await lock.query('rollback');
    expect(await outbox(stack)).toMatchObject({ state: 'sending' });
    await stack.start('worker');
    await stack.sql.passTime(LEASE_SECONDS);
    await untilSent(stack);
    expect(smtp.taken).toEqual([first, first]);
  });

  test('when the API is killed between the commit and the notification', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    await lock.query('lock table bullmq.job in access exclusive mode');
    const registering = register(stack.url).catch(() => 'lost');
    const [notification] = await untilBlocked(stack, '%');
    const [api] = stack.apis;
    await api!.kill();
    await endConnection(stack, notification);
    await lock.query('rollback');
    await registering;
    expect(await outbox(stack)).toMatchObject({ state: 'pending' });
    expect(await stack.sql.query('select 1 from bullmq.job')).toEqual([]);
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toHaveLength(1);
  });

  test('or is not queued at all: an API that is killed between the account and its mail leaves neither', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    await lock.query('lock table outbox in share mode');
    const account = { email: 'again@example.com', username: 'again', password };
    const clientOf = (url: string) => createMoonlightClient({ url });
    const registering = clientOf(stack.url)
      .auth.register.mutate(account)
      .catch(() => 'lost');
    const [inserting] = await untilBlocked(stack, 'insert into "outbox"%');
    const [api] = stack.apis;
    await api!.kill();
    await endConnection(stack, inserting);
    await lock.query('rollback');
    expect(await registering).toBe('lost');
    await until(async () => {
      const busy = `select 1 from pg_stat_activity where datname = current_database() and query like 'insert into "outbox"%'`;
      expect(await stack.sql.query(busy)).toEqual([]);
    });
    expect(await stack.sql.query('select 1 from users union all select 1 from outbox')).toEqual([]);

    const [{ url }] = await Promise.all([stack.start('api'), stack.start('worker')]);
    await clientOf(url).auth.register.mutate(account);
    await untilSent(stack);
    expect(smtp.taken).toMatchObject([{ to: account.email }]);
  });

  test('when the queue has lost its jobs', async () => {
    await using scenario = await start();
    const { smtp, stack } = scenario;
    await register(stack.url);
    await until(async () => expect(await stack.sql.query('select 1 from bullmq.job')).toHaveLength(1));
    await stack.sql.query('truncate bullmq.job cascade');
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toHaveLength(1);
  });
});
