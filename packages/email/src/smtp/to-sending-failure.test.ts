import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { MailRefusedError, MailServerError } from '@moonlight/auth';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import { codeMail as mail, failureOf, outboxId as id, smtpHarness } from '../testing/smtp-harness.ts';

const { startServer, senderTo, closeLater } = smtpHarness();

const addressOf = (listener: Server): { port: number } => {
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address;
};

const answer = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });
const stages = {
  'MAIL FROM': (code: number): SMTPServerOptions => ({
    onMailFrom: ({ address }, _session, done) => done(answer(code, `no mail from ${address}`)),
  }),
  'RCPT TO': (code: number): SMTPServerOptions => ({
    onRcptTo: ({ address }, _session, done) => done(answer(code, `no such person: ${address}`)),
  }),
  DATA: (code: number): SMTPServerOptions => ({
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => done(answer(code, 'alice@example.com does not want 042195')));
    },
  }),
};

describe.each(Object.entries(stages))('a refusal after %s', (stage, refusing) => {
  test.each([550, 551, 552, 553, 554])('with %i is permanent', async (code) => {
    const refuser = await startServer(refusing(code));
    const failure = await failureOf(senderTo(refuser.port).send({ id, mail }));
    expect(failure).toBeInstanceOf(MailRefusedError);
    expect(failure).toMatchObject({ message: `SMTP ${stage}: ${code}` });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/alice|example|042195|no such person/);
  });

  test.each([421, 450, 451, 452, 503, 530, 535])('with %i may be retried', async (code) => {
    const refuser = await startServer(refusing(code));
    const failure = await failureOf(senderTo(refuser.port).send({ id, mail }));
    expect(failure).toBeInstanceOf(MailServerError);
    // 421 concerns all mails: the server is shutting down (RFC 5321, section 3.8).
    expect(failure).toMatchObject({ isUnavailable: code === 421 });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/alice|example|042195|no such person/);
  });
});

test('a refused mail does not stop the next one from being sent', async () => {
  const selective = await startServer({
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('gone') ? answer(550, 'gone') : undefined),
  });
  const sender = senderTo(selective.port, { connections: 1 });
  const gone = failureOf(sender.send({ id, mail: { ...mail, to: 'gone@example.com' } }));
  const fine = failureOf(sender.send({ id, mail }));
  expect(await gone).toBeInstanceOf(MailRefusedError);
  expect(await fine).toBeUndefined();
});

test('a server that rejects the connection has not refused the mail', async () => {
  const closed = await startServer({ onConnect: (_session, done) => done(answer(554, 'no service')) });
  const failure = await failureOf(senderTo(closed.port).send({ id, mail }));
  expect(failure).toBeInstanceOf(MailServerError);
  expect(failure).toMatchObject({ isUnavailable: true });
});

describe('login to the mail server', () => {
  const guarded = (): SMTPServerOptions => ({
    authOptional: false,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'postman' && password === 'right' ? done(null, { user: username }) : done(answer(535, 'not you')),
  });

  test('with the right password, sending and verify succeed', async () => {
    const { port, deliveries } = await startServer(guarded());
    const sender = senderTo(port, { username: 'postman', password: 'right' });
    await sender.verify();
    await sender.send({ id, mail });
    expect(deliveries).toHaveLength(1);
  });

  test('with a wrong password or none, the mail may be retried and the error contains no secret', async () => {
    const { port } = await startServer(guarded());
    for (const credentials of [{ username: 'postman', password: 'wr0ng-secret' }, {}]) {
      const sender = senderTo(port, credentials);
      const failures = [await failureOf(sender.send({ id, mail })), await failureOf(sender.verify())];
      expect(failures[0]).toBeInstanceOf(MailServerError);
      expect(inspect(failures, { depth: 9, showHidden: true })).not.toMatch(/wr0ng-secret|postman|alice/);
    }
  });
});

test('a server without STARTTLS gets no password from a sender that requires it, also not for a health check', async () => {
  const logins: string[] = [];
  const server = await startServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username }, _session, done) => {
      logins.push(username ?? '');
      done(null, { user: username });
    },
  });
  const login = { username: 'moonlight', password: 'sesame' };
  await senderTo(server.port, login).send({ id, mail });
  expect(logins).toEqual(['moonlight']);
  const strict = senderTo(server.port, { ...login, requireTls: true });
  expect(await failureOf(strict.send({ id, mail }))).toBeInstanceOf(Error);
  expect(await failureOf(strict.verify())).toBeInstanceOf(Error);
  expect(logins).toEqual(['moonlight']);
  expect(server.deliveries).toHaveLength(1);
});

test('without STARTTLS, a sender that requires it sends nothing', async () => {
  const server = await startServer();
  const failure = await failureOf(senderTo(server.port, { requireTls: true }).send({ id, mail }));
  expect(failure).toBeInstanceOf(Error);
  expect(failure).not.toBeInstanceOf(MailRefusedError);
  expect(server.deliveries).toEqual([]);
});

test('a refused connection may be retried, and verify reports it', async () => {
  const closedListener = createServer().listen(0, '127.0.0.1');
  await once(closedListener, 'listening');
  const { port } = addressOf(closedListener);
  closedListener.close();
  await once(closedListener, 'close');
  const sender = senderTo(port);
  const refused = { message: 'SMTP CONN: ECONNREFUSED', isUnavailable: true };
  expect(await failureOf(sender.send({ id, mail }))).toMatchObject(refused);
  expect(await failureOf(sender.verify())).toMatchObject({ message: 'SMTP CONN: ECONNREFUSED' });
});

describe('a server that stalls', () => {
  const startStallingServer = async (onSocket: (socket: Socket) => void): Promise<number> => {
    const sockets = new Set<Socket>();
    const listener = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onSocket(socket);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    closeLater(() => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    });
    return addressOf(listener).port;
  };

  test('by sending nothing is given up within 30 seconds', { timeout: 40_000 }, async () => {
    const port = await startStallingServer(() => undefined);
    const started = performance.now();
    const failure = await failureOf(senderTo(port).send({ id, mail }));
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(MailRefusedError);
  });

  test('by sending a line every 100 ms is given up within 30 seconds', { timeout: 40_000 }, async () => {
    const port = await startStallingServer((socket) => {
      socket.write('220 trickle.example\r\n');
      const trickle = setInterval(() => socket.write('250-still here\r\n'), 100);
      socket.on('close', () => clearInterval(trickle));
    });
    const started = performance.now();
    const failure = await failureOf(senderTo(port).send({ id, mail }));
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(failure).not.toBeInstanceOf(MailRefusedError);
    expect(failure).toBeInstanceOf(Error);
  });
});
