import { solveAltcha } from '@moonlight/auth/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeIn, tokenIn } from '../src/mailbox.ts';
import { type Rest, restOf, tokensIn } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

// The REST API serves clients that were written for three older APIs: one with a slash after each path below `/api/auth`,
// one that registers by code, and one that verifies by GET and reads a top-level `token`. Each test is a feature of one.
let stack: Stack;
let rest: Rest;
beforeAll(async () => {
  stack = await startStack();
  rest = restOf(stack.url);
});
afterAll(() => stack.close());
beforeEach(() => stack.sql.passTime(86_400));

const password = 'your_password';
let people = 0;
const newPerson = () => {
  people += 1;
  const username = `alice_${people}`;
  return { username, email: `${username}@example.com`, password };
};

const refused = (status: number, error: string, message: string) => ({
  status,
  body: { code: status, error, message, request_id: expect.any(String) },
});

const registered = async () => {
  const person = newPerson();
  await rest('POST /api/v1/auth/register', person);
  return { ...person, verification: tokenIn(await stack.mailbox.next(person.email)) };
};

const loggedIn = async () => {
  const person = await registered();
  const answer = await rest('POST /api/v1/auth/login', { email: person.email, password });
  return { ...person, ...tokensIn(answer) };
};

describe('a slash after each path, below /api/auth', () => {
  test('POST /email/verify/send/ triggers the mail, GET /email/verify/{token}/ verifies', async () => {
    const { email, access: token, verification: older } = await loggedIn();
    expect(await rest('POST /api/auth/email/verify/send/')).toMatchObject(
      refused(401, 'MISSING_TOKEN', 'Missing token'),
    );
    await stack.sql.passTime(61);
    expect(await rest('POST /api/auth/email/verify/send/', undefined, { token })).toMatchObject({
      status: 200,
      body: { code: 0, message: 'verification email sent', data: { email, expires_in: 900, retry_after: 60 } },
    });
    const link = tokenIn(await stack.mailbox.next(email));
    const invalid = refused(400, 'LINK_INVALID', 'Invalid or expired token');
    expect(await rest(`GET /api/auth/email/verify/${older}/`)).toMatchObject(invalid);
    expect(await rest(`GET /api/auth/email/verify/${'x'.repeat(43)}/`)).toMatchObject(invalid);
    expect(await rest(`GET /api/auth/email/verify/${link}/`)).toMatchObject({
      status: 200,
      body: { code: 0, message: 'email verified successfully', data: { status: 'verified' } },
    });
    expect(await rest(`POST /api/auth/email/verify/${link}/`)).toMatchObject({
      status: 200,
      body: { code: 0, message: 'already verified', data: { status: 'already_verified' } },
    });
  });

  test('a verification link that has expired', async () => {
    const { verification } = await registered();
    await stack.sql.passTime(16 * 60);
    const expired = refused(400, 'LINK_EXPIRED', 'Invalid or expired token');
    expect(await rest(`GET /api/auth/email/verify/${verification}/`)).toMatchObject(expired);
  });

  test('POST /password/reset/send/ with a captcha, POST /password/reset/ once', async () => {
    const { email } = await registered();
    const send = (body: object) => rest('POST /api/auth/password/reset/send/', body);
    expect(await send({ email })).toMatchObject(refused(400, 'CAPTCHA_REQUIRED', 'Captcha required'));
    const { body: challenge } = await rest('GET /api/auth/captcha/challenge/');
    expect(await send({ email, captcha: await solveAltcha(challenge) })).toMatchObject({
      status: 200,
      body: { code: 0, message: 'password reset email sent', data: { email, expires_in: 1800, retry_after: 60 } },
    });
    const reset = { token: tokenIn(await stack.mailbox.next(email)), new_password: 'a shorter, darker night' };
    const confirm = () => rest('POST /api/auth/password/reset/', reset);
    expect(await confirm()).toMatchObject({
      status: 200,
      body: { code: 0, message: 'password reset successful', data: null },
    });
    expect(await confirm()).toMatchObject(refused(400, 'LINK_USED', 'This link was already used'));
  });

  test('POST /token/refresh/ returns two new tokens, POST /logout/ invalidates them', async () => {
    const first = await loggedIn();
    const refresh = (token: string) => rest('POST /api/auth/token/refresh/', { refresh_token: token });
    const renewed = tokensIn(await refresh(first.refresh));
    expect(renewed.access).not.toBe(first.access);
    expect(renewed.refresh).not.toBe(first.refresh);
    const logout = () => rest('POST /api/auth/logout/', undefined, { token: renewed.access });
    expect(await logout()).toMatchObject({ status: 200, body: { code: 0, message: 'logged out', data: null } });
    expect(await logout()).toMatchObject(refused(401, 'TOKEN_INVALID', 'Invalid token'));
    const invalid = refused(401, 'REFRESH_TOKEN_INVALID', 'Invalid refresh token');
    expect(await refresh(renewed.refresh)).toMatchObject(invalid);
  });

  test('a refresh token that has expired', async () => {
    const { refresh: token } = await loggedIn();
    await stack.sql.passTime(7 * 86_400);
    expect(await rest('POST /api/auth/token/refresh/', { refresh_token: token })).toMatchObject(
      refused(401, 'REFRESH_TOKEN_EXPIRED', 'Refresh token expired'),
    );
  });
});

describe('register, log in and reset by code', () => {
  test('check-email, send-code, verify-code, register: verified, with tokens', async () => {
    const { email, ...account } = newPerson();
    const post = (path: string, body: object) => rest(`POST /api/v1/auth/${path}`, body);
    expect(await post('check-email', { email })).toMatchObject({ body: { code: 0, data: { exists: false } } });
    expect(await post('send-code', { email, type: 'register' })).toMatchObject({
      status: 200,
      body: { code: 0, message: 'verification code sent', data: { email } },
    });
    const code = codeIn(await stack.mailbox.next(email));
    expect(await post('verify-code', { email, code })).toMatchObject({
      body: { code: 0, message: 'verification code valid', data: { valid: true } },
    });
    expect(await post('register', { ...account, email, code })).toMatchObject({
      status: 201,
      body: {
        message: 'registration successful',
        data: { user: { email, is_email_verified: true }, tokens: { token_type: 'bearer', expires_in: 1800 } },
      },
    });
    expect(await post('check-email', { email })).toMatchObject({ body: { data: { exists: true } } });
    expect(await post('send-code', { email, type: 'register' })).toMatchObject(
      refused(409, 'EMAIL_TAKEN', 'user already exists'),
    );
  });

  test('send-code, reset-password, login, refresh', async () => {
    const { email } = await registered();
    await rest('POST /api/v1/auth/send-code', { email, type: 'reset_password' });
    const code = codeIn(await stack.mailbox.next(email));
    const reset = { email, code, new_password: 'a shorter, darker night' };
    expect(await rest('POST /api/v1/auth/reset-password', reset)).toMatchObject({
      status: 200,
      body: { code: 0, message: 'password reset successful' },
    });
    const login = await rest('POST /api/v1/auth/login', { email, password: reset.new_password });
    const refresh = await rest('POST /api/v1/auth/refresh', { refresh_token: tokensIn(login).refresh });
    expect(refresh).toMatchObject({ status: 200, body: { code: 0, data: { token_type: 'bearer' } } });
  });

  test('GET / and GET /health', async () => {
    expect((await rest('GET /')).body).toEqual({ name: 'Moonlight', version: expect.any(String), docs: null });
    expect((await rest('GET /health')).body).toEqual({ status: 'healthy' });
  });
});

describe('register, verify by GET, log in, read the profile', () => {
  test('all four steps', async () => {
    const person = newPerson();
    expect(await rest('POST /api/v1/auth/register', person)).toMatchObject({
      status: 201,
      body: {
        code: 0,
        message: 'user created, verification email sent',
        data: { user: { id: expect.any(String), email: person.email, username: person.username }, tokens: null },
      },
    });
    const link = tokenIn(await stack.mailbox.next(person.email));
    expect((await rest(`GET /api/v1/auth/verify/${link}`)).body).toMatchObject({
      message: 'email verified successfully',
    });
    expect((await rest(`GET /api/v1/auth/verify/${link}`)).body).toMatchObject({ message: 'already verified' });
    const login = await rest('POST /api/v1/auth/login', { email: person.email, password });
    const { access: token } = tokensIn(login);
    expect(login).toMatchObject({ status: 200, body: { code: 0, message: 'login successful', token } });
    expect(await rest('GET /api/v1/auth/profile', undefined, { token })).toMatchObject({
      status: 200,
      body: { data: { username: person.username, email: person.email, created_at: expect.stringContaining('T') } },
    });
  });

  test('a taken email, a wrong password, a missing and an invalid token', async () => {
    const { username, email } = await registered();
    const taken = refused(409, 'EMAIL_TAKEN', 'user already exists');
    expect(await rest('POST /api/v1/auth/register', { username, email, password })).toMatchObject(taken);
    expect(await rest('POST /api/v1/auth/login', { email, password: 'wrong' })).toMatchObject(
      refused(401, 'INVALID_CREDENTIALS', 'Invalid credentials, incorrect email or password'),
    );
    const missing = await rest('GET /api/v1/auth/profile');
    expect(missing).toMatchObject(refused(401, 'MISSING_TOKEN', 'Missing token'));
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect(await rest('GET /api/v1/auth/profile', undefined, { token: 'worthless' })).toMatchObject(
      refused(401, 'TOKEN_INVALID', 'Invalid token'),
    );
  });
});
