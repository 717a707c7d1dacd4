import { inspect } from 'node:util';
import { MailRefusedError } from '@moonlight/auth';
import { beforeEach, describe, expect, test } from 'vitest';
import { linksOf, sampleMails, secretsOf } from '../testing/sample-mails.ts';
import {
  codeMail as mail,
  failureOf,
  outboxId as id,
  smtpHarness,
  type TestSmtpServer,
} from '../testing/smtp-harness.ts';

const { startServer, senderTo } = smtpHarness();
let server: TestSmtpServer;

beforeEach(async () => {
  server = await startServer();
});

describe.each(sampleMails.map((sample) => [`${sample.kind} in ${sample.locale}`, sample] as const))(
  '%s',
  (_n, sample) => {
    test('arrives complete, in both parts, at its recipient only', async () => {
      await senderTo(server.port).send({ id, mail: sample });
      const [delivery] = server.deliveries;
      expect(delivery?.to).toEqual([sample.to]);
      expect(delivery?.from).toBe('no-reply@moonlight.example');
      for (const secret of [...secretsOf(sample), ...linksOf(sample)]) {
        expect(delivery?.mail.text).toContain(secret);
        expect(delivery?.mail.html).toContain(secret.replaceAll('&', '&amp;'));
        expect(delivery?.mail.subject).not.toContain(secret);
      }
      expect(delivery?.mail.html).toContain(`<html dir="ltr" lang="${sample.locale}"`);
    });
  },
);

test('is marked as automatic, comes from the sender, and keeps its Message-ID when it is sent again', async () => {
  const sender = senderTo(server.port, { sender: { name: '月光 "Team", <x>', email: 'no-reply@moonlight.example' } });
  await sender.send({ id, mail });
  await sender.send({ id, mail });
  expect(server.deliveries.map((delivery) => delivery.mail.messageId)).toEqual(
    Array.from({ length: 2 }, () => `<${id}@moonlight.example>`),
  );
  const headers = new Map(server.deliveries[0]?.mail.headers.map(({ key, value }) => [key, value]));
  expect(headers.get('auto-submitted')).toBe('auto-generated');
  expect(server.deliveries[0]?.mail.from).toMatchObject({
    name: '月光 "Team", <x>',
    address: 'no-reply@moonlight.example',
  });
});

test('a line break in a username, sender name or app name adds no header', async () => {
  const smuggled = 'Moonlight\r\nBcc: mallory@evil.example\r\n\r\nbody';
  const sender = senderTo(server.port, {
    appName: smuggled,
    sender: { name: smuggled, email: 'no-reply@moonlight.example' },
  });
  await sender.send({ id, mail: { ...mail, username: smuggled } });
  const [delivery] = server.deliveries;
  expect(delivery?.to).toEqual(['alice@example.com']);
  expect(delivery?.mail.bcc).toBeUndefined();
  expect(delivery?.raw.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im);
});

test.each([
  'alice@example.com\r\nRCPT TO:<mallory@evil.example>',
  'alice@example.com\nBcc: mallory@evil.example',
  'alice@example.com, mallory@evil.example',
  'alice@example.com>,<mallory@evil.example',
  'Alice <alice@example.com>',
  'alice@example.com\0',
  'alice',
  '',
])('refuses %j as a recipient, permanently', async (to) => {
  const failure = await failureOf(senderTo(server.port).send({ id, mail: { ...mail, to } }));
  expect(failure).toBeInstanceOf(MailRefusedError);
  expect(inspect(failure, { depth: 9 })).not.toContain('example');
  expect(server.deliveries).toEqual([]);
});

test('nothing is sent after close', async () => {
  const sender = senderTo(server.port);
  await sender.send({ id, mail });
  sender.close();
  expect(await failureOf(sender.send({ id, mail }))).toBeInstanceOf(Error);
  expect(server.deliveries).toHaveLength(1);
});
