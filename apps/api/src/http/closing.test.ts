import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createAccount, startTestServer } from '../testing.ts';

const isRefused = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
};

test('a server that is closing answers the open request and later requests on the same connection', async () => {
  const server = await startTestServer();
  const { accessToken } = await createAccount(server.url);
  const { host, port } = new URL(server.url);
  const request = `GET /api/v1/auth/profile HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${accessToken}\r\n\r\n`;
  const socket = connect(Number(port), '127.0.0.1');
  const answers = text(socket);
  const { db } = server.deps;

  const closed = await db.transaction(async (tx) => {
    await tx.execute('lock table users in access exclusive mode');
    socket.write(request);
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await db.execute(waiting)).rows).toHaveLength(1);
    const closing = server.close();
    await expect.poll(() => isRefused(Number(port))).toBe(true);
    socket.write(request);
    return { closing };
  });
  await closed.closing;

  expect((await answers).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
});
