import { createMailQueue } from '@moonlight/queue';
import { type FaultyProxy, startFaultyProxy } from '@moonlight/redis/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMoonlightClient } from '@moonlight/client';
import { password } from '../src/people.ts';
import { type Stack, startStack } from '../src/start-stack.ts';
import { until } from '../src/concurrency.ts';

// Two workers, and a proxy in front of the mail server that can break every connection.
let stack: Stack;
let proxy: FaultyProxy;
beforeAll(async () => {
  stack = await startStack({
    workers: 0,
    env: { REGISTRATIONS_PER_IP_PER_HOUR: '1000', MAILS_PER_IP_PER_HOUR: '1000' },
  });
  proxy = await startFaultyProxy(`smtp://127.0.0.1:${stack.mailbox.smtpPort}`);
  await Promise.all([1, 2].map(() => stack.start('worker', { MAIL_PORT: String(proxy.port) })));
});
afterAll(async () => {
  await stack.close();
  await proxy.close();
});

const register = async (name: string) => {
  const username = name.replaceAll(/\W/g, '_');
  const email = `${name}@example.com`;
  await createMoonlightClient({ url: stack.url }).auth.register.mutate({ email, username, password });
  const [newest] = await stack.sql.query<{ id: string }>('select id from outbox order by id desc limit 1');
  return { email, mailId: newest!.id };
};

interface OutboxRow {
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly payload: string | null;
}

const outboxRow = async (id: string): Promise<OutboxRow> => {
  const [row] = await stack.sql.query<OutboxRow>('select * from outbox where id = $1', [id]);
  return row!;
};

test('two workers never send a mail twice, also when the queue loses its jobs and gets them again', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `many_${index}`);
  const queue = createMailQueue({ databaseUrl: stack.databaseUrl, onError: () => undefined });
  const over = new AbortController();
  const requeueing = (async () => {
    while (!over.signal.aborted) {
      await stack.sql.query('truncate bullmq.job cascade');
      await queue.notify();
    }
  })();
  await Promise.all(names.map(register));
  await stack.mailsSettled();
  over.abort();
  await requeueing;
  await queue.close();
  const mails = (await stack.mailbox.here()).filter(({ to }) => to[0]?.startsWith('many_'));
  expect(mails).toHaveLength(60);
  expect(new Set(mails.map(({ to }) => to[0]))).toEqual(new Set(names.map((name) => `${name}@example.com`)));
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(60);
  expect(await stack.sql.query('select sum(attempts)::int as tries from outbox')).toEqual([{ tries: 60 }]);
});

test('an outage of the mail server delays mails and loses none', async () => {
  await proxy.sever();
  const { email, mailId } = await register('outage');
  await until(async () =>
    expect(await outboxRow(mailId)).toMatchObject({ state: 'pending', last_error: expect.stringMatching(/^E[A-Z]+$/) }),
  );
  await proxy.restore();
  expect((await stack.mailbox.next(email)).subject).toBe('Verify your email for Moonlight');
});

test('a permanent refusal is recorded and not retried, and refused addresses do not delay other mails', async () => {
  const [refused, deferred] = [await register('reject-550'), await register('defer-451')];
  const others = await Promise.all(['other_1', 'other_2', 'other_3'].map(register));
  for (const { email } of others) await stack.mailbox.next(email);
  await until(async () => {
    expect(await outboxRow(refused.mailId)).toMatchObject({ state: 'refused', attempts: 1, payload: null });
    expect(await outboxRow(deferred.mailId)).toMatchObject({ state: 'pending', attempts: 1 });
  });
  expect((await outboxRow(refused.mailId)).last_error).toContain('550');
  expect((await outboxRow(deferred.mailId)).last_error).toContain('451');

  await stack.sql.passTime(5 * 60);
  await until(async () => expect((await outboxRow(deferred.mailId)).attempts).toBeGreaterThanOrEqual(2));
  expect(await outboxRow(refused.mailId)).toMatchObject({ state: 'refused', attempts: 1 });
  // By then its link has expired, so the mail is not sent.
  await stack.sql.passTime(15 * 60);
  await until(async () => expect(await outboxRow(deferred.mailId)).toMatchObject({ state: 'expired', payload: null }));
  expect(await stack.mailbox.here(deferred.email)).toEqual([]);
});

test('metrics count the outcomes of mails', async () => {
  const pages = await Promise.all(stack.workers.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const count = (outcome: string) =>
    pages
      .flatMap((page) => [
        ...page.matchAll(new RegExp(`^mail_deliveries_total\\{outcome="${outcome}",kind="[\\w-]+"\\} (\\d+)$`, 'gm')),
      ])
      .reduce((sum, [, each]) => sum + Number(each), 0);
  expect(['refused', 'expired'].map(count)).toEqual([1, 1]);
  expect(count('sent')).toBe(64);
  expect(pages[0]).toMatch(/^outbox_oldest_pending_seconds 0$/m);
});
