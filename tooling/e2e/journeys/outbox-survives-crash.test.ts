import { createMoonlightClient } from '@moonlight/client';
import { describe, expect, test } from 'vitest';
import { password, register } from '../src/people.ts';
import { startSmtp } from '../src/start-smtp.ts';
import { type Stack, startStack } from '../src/start-stack.ts';
import { until } from '../src/concurrency.ts';

// A crash is noticed by the queue within ten seconds, and by the outbox when a mail is due again.
describe.concurrent('a mail that was promised arrives', { timeout: 60_000 }, () => {
  /** An API without a worker, and a mail server that is as slow as it should be. */
  const start = async () => {
    const smtp = await startSmtp();
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

  /** Waits until somebody waits for a lock with such a statement. */
  const untilBlocked = ({ sql }: Stack, statement: string) =>
    until(async () => {
      const waiting = await sql.query(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [statement],
      );
      if (waiting.length === 0) throw new Error(`nobody waits with ${statement}`);
      return waiting;
    });

  const untilSent = async (stack: Stack) => {
    await stack.mailsSettled();
    expect((await outbox(stack)).state).toBe('sent');
  };

  test('when no worker runs yet', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    const { email } = await register(stack.url);
    const { id } = await outbox(stack);
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toEqual([{ to: email, messageId: `<${id}@accounts.example.com>` }]);
  });

  test('when the worker is killed before it has begun', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    await register(stack.url);
    await lock.query('lock table outbox in access exclusive mode');
    const worker = await stack.start('worker');
    await untilBlocked(stack, 'select%"outbox"%for update%');
    await worker.kill();
    await lock.query('rollback');
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toHaveLength(1);
  });

  test('when the worker is killed while the mail server listens to it', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    const { arrived } = smtp.holdNext();
    const worker = await stack.start('worker');
    await register(stack.url);
    const first = await arrived;
    await worker.kill();
    expect(await outbox(stack)).toMatchObject({ state: 'pending' });
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toEqual([first]);
  });

  test('when the worker is killed after "250": a second time, under the same Message-ID', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    const { arrived, answer } = smtp.holdNext();
    const worker = await stack.start('worker');
    await register(stack.url);
    const first = await arrived;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    // The worker has its row. This lets nobody write that the mail was sent.
    await lock.query('lock table outbox in share mode');
    answer();
    await untilBlocked(stack, 'update "outbox" set "state"%');
    await worker.kill();
    await lock.query('rollback');
    expect(await outbox(stack)).toMatchObject({ state: 'pending' });
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toEqual([first, first]);
  });

  test('when the API is killed between the commit and the notification', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    await lock.query('lock table bullmq.job in access exclusive mode');
    const registering = register(stack.url).catch(() => 'lost');
    const [notification] = await untilBlocked(stack, '%');
    const [api] = stack.apis;
    await api!.kill();
    // What the process has asked for last must not happen after its end.
    await stack.sql.query('select pg_terminate_backend($1)', [notification?.['pid']]);
    await lock.query('rollback');
    await registering;
    expect(await outbox(stack)).toMatchObject({ state: 'pending' });
    expect(await stack.sql.query('select 1 from bullmq.job')).toEqual([]);
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toHaveLength(1);
  });

  test('or was never promised: killed between the account and its mail, the API leaves neither', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    const lock = await stack.sql.connect();
    await lock.query('begin');
    await lock.query('lock table outbox in share mode');
    const account = { email: 'again@example.com', username: 'again', password };
    const clientOf = (url: string) => createMoonlightClient({ url });
    const registering = clientOf(stack.url)
      .auth.register.mutate(account)
      .catch(() => 'lost');
    await untilBlocked(stack, 'insert into "outbox"%');
    const [api] = stack.apis;
    await api!.kill();
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

  test('when the queue has lost everything', async () => {
    await using scene = await start();
    const { smtp, stack } = scene;
    await register(stack.url);
    await until(async () => expect(await stack.sql.query('select 1 from bullmq.job')).toHaveLength(1));
    await stack.sql.query('truncate bullmq.job cascade');
    await stack.start('worker');
    await untilSent(stack);
    expect(smtp.taken).toHaveLength(1);
  });
});
