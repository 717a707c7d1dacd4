import { expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

const mail = (environment: Record<string, string>) =>
  loadConfig({ SECRET_KEY: 'thirty-two bytes of a secret, or more', ...environment }).mail;

test.each<[string, Record<string, string>, object | undefined]>([
  ['no variable: no mail server', {}, undefined],
  [
    'a server alone: TLS from the first byte',
    { MAIL_SERVER: 'mail.x' },
    { host: 'mail.x', port: 465, secure: true, requireTls: false },
  ],
  [
    'a user alone: Gmail',
    { MAIL_USERNAME: 'me@gmail.com', MAIL_PASSWORD: 'p' },
    { host: 'smtp.gmail.com', port: 465, secure: true, username: 'me@gmail.com', password: 'p' },
  ],
  [
    'MAIL_USE_TLS: STARTTLS on 587',
    { MAIL_SERVER: 'mail.x', MAIL_USE_TLS: 'true' },
    { port: 587, secure: false, requireTls: true },
  ],
  [
    'MAIL_USE_SSL=false: no TLS, on MAIL_PORT',
    { MAIL_SERVER: 'mail.x', MAIL_USE_SSL: 'false', MAIL_PORT: '25' },
    { port: 25, secure: false, requireTls: false },
  ],
  [
    'SMTP_HOST: 587, no TLS from the first byte',
    { SMTP_HOST: 'mail.x' },
    { host: 'mail.x', port: 587, secure: false, requireTls: false },
  ],
  [
    'SMTP_HOST with MAIL_USE_SSL and a port',
    { SMTP_HOST: 'mail.x', MAIL_USE_SSL: 'true', SMTP_PORT: '465' },
    { port: 465, secure: true },
  ],
  [
    'SMTP_* alone',
    { SMTP_HOST: 'smtp.gmail.com', SMTP_PORT: '587', SMTP_USER: 'me@gmail.com', SMTP_PASSWORD: 'p', SMTP_TLS: 'true' },
    { host: 'smtp.gmail.com', port: 587, secure: false, requireTls: true, username: 'me@gmail.com', password: 'p' },
  ],
  [
    'MAIL_* alone',
    {
      MAIL_SERVER: 'm.x',
      MAIL_PORT: '465',
      MAIL_USE_TLS: 'False',
      MAIL_USE_SSL: 'True',
      MAIL_USERNAME: 'u',
      MAIL_PASSWORD: 'p',
    },
    { host: 'm.x', port: 465, secure: true, requireTls: false, username: 'u', password: 'p' },
  ],
  [
    'MAIL_* wins over SMTP_*',
    { MAIL_SERVER: 'a.x', SMTP_HOST: 'b.x', MAIL_PORT: '1', SMTP_PORT: '2', MAIL_USERNAME: 'c', SMTP_USER: 'd' },
    { host: 'a.x', port: 1, username: 'c' },
  ],
])('%s', (_what, environment, expected) => {
  const settings = mail(environment);
  expect(settings === undefined ? undefined : { ...settings, ...expected }).toEqual(settings);
  expect(settings === undefined).toBe(expected === undefined);
});

test('outside development, STARTTLS is required of a server without TLS from the first byte', () => {
  const secret = 'thirty-two bytes of a secret, or more';
  const production = (environment: Record<string, string>) =>
    loadConfig({
      APP_ENV: 'production',
      SECRET_KEY: secret,
      DATABASE_URL: 'postgresql://db/x',
      PUBLIC_URL: 'https://auth.example.com',
      FRONTEND_URL: 'https://example.com',
      ...environment,
    }).mail;
  expect(production({ SMTP_HOST: 'mail.x' })).toMatchObject({ port: 587, secure: false, requireTls: true });
  expect(production({ MAIL_SERVER: 'mail.x' })).toMatchObject({ port: 465, secure: true });
  expect(production({ SMTP_HOST: 'mail.x', MAIL_ALLOW_PLAINTEXT: 'true' })).toMatchObject({ requireTls: false });
  expect(production({ SMTP_HOST: '127.0.0.1' })).toMatchObject({ requireTls: false });
});

test('the default sender is APP_NAME with the address of the user, or else no-reply at the host of PUBLIC_URL', () => {
  const sender = (environment: Record<string, string>) => mail({ MAIL_SERVER: 'mail.x', ...environment })?.sender;
  expect(sender({})).toEqual({ name: 'Moonlight', email: 'no-reply@localhost' });
  expect(sender({ APP_NAME: '月光', PUBLIC_URL: 'https://auth.example.com:8443' })).toEqual({
    name: '月光',
    email: 'no-reply@auth.example.com',
  });
  expect(sender({ MAIL_USERNAME: 'me@example.com' })?.email).toBe('me@example.com');
  expect(sender({ SMTP_USER: 'me@example.com' })?.email).toBe('me@example.com');
  expect(sender({ MAIL_USERNAME: 'apikey' })?.email).toBe('no-reply@localhost');
  expect(
    sender({ MAIL_SENDER_NAME: 'Selene', MAIL_SENDER_EMAIL: 'selene@example.com', MAIL_USERNAME: 'x@y.zz' }),
  ).toEqual({
    name: 'Selene',
    email: 'selene@example.com',
  });
});
