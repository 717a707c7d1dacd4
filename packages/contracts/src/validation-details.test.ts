import { expect, test } from 'vitest';
import type { z } from 'zod';
import { changePasswordInput } from './account.ts';
import { sendCodeInput, verifyCodeInput } from './codes.ts';
import { confirmPasswordResetInput } from './password-reset.ts';
import { registerInput } from './registration.ts';
import { loginInput, logoutInput, revokeSessionInput } from './sessions.ts';
import { validationDetails } from './validation-details.ts';

const detailsOf = (schema: z.ZodType, input: unknown, locale: 'en' | 'zh-CN' = 'en') => {
  const { error } = schema.safeParse(input);
  return validationDetails(error?.issues ?? [], locale).map(({ path, message }) => `${path}: ${message}`);
};

test('each mistake has a sentence for the person who filled in the field, in both languages', () => {
  const input = { email: 'nobody', username: '1', password: 'short', code: '1', locale: 'fr', odd: 1 };
  expect(detailsOf(registerInput, input)).toEqual([
    'email: must be an email address',
    'username: a letter, then 2 to 19 letters, digits or underscores',
    'password: 8 to 128 characters',
    'code: must be the six digits from the mail',
    'locale: must be one of: en, zh-CN',
    'odd: unknown field',
  ]);
  expect(detailsOf(registerInput, input, 'zh-CN')).toEqual([
    'email: 须为有效的邮箱地址',
    'username: 须以字母开头，后接 2 到 19 个字母、数字或下划线',
    'password: 须为 8 到 128 个字符',
    'code: 须为邮件中的 6 位数字',
    'locale: 须为以下之一：en, zh-CN',
    'odd: 未知字段',
  ]);
});

test('a missing field is required, and a field of a wrong type is told its type', () => {
  expect(detailsOf(loginInput, { email: 7 })).toEqual(['email: must be text', 'password: required, as text']);
  expect(detailsOf(loginInput, { email: null }, 'zh-CN')).toEqual(['email: 须为文本', 'password: 必填，须为文本']);
  expect(detailsOf(loginInput, null)).toEqual([': an object is required']);
  expect(detailsOf(sendCodeInput, { email: 'a@example.com' })).toEqual([
    'type: must be one of: register, reset_password',
  ]);
  expect(detailsOf(revokeSessionInput, { id: 'x' })).toEqual(['id: must be a UUID']);
  expect(detailsOf(logoutInput, { refreshToken: '' })).toEqual(['refreshToken: 1 to 4096 characters']);
});

test('a reset requires exactly one proof of the mailbox', () => {
  const newPassword = 'a calm new morning';
  const [token, email, code] = ['x', 'a@example.com', '042195'];
  const details = (input: object) => detailsOf(confirmPasswordResetInput, { newPassword, ...input });
  expect(details({ token })).toEqual([]);
  expect(details({ email, code })).toEqual([]);
  expect(details({})).toEqual(['token: required, as text']);
  expect(details({ email })).toEqual(['code: required, as text']);
  expect(details({ code })).toEqual(['email: required, as text']);
  expect(details({ token, email, code })).toEqual([
    'email: not allowed together with the other fields',
    'code: not allowed together with the other fields',
  ]);
});

test('characters that are not allowed and a wrong length have different sentences', () => {
  const change = (newPassword: string) => detailsOf(changePasswordInput, { currentPassword: 'x', newPassword });
  expect(change('a quiet\0night')).toEqual(['newPassword: contains characters that are not allowed']);
  expect(change('a quiet\ud800night')).toEqual(['newPassword: contains characters that are not allowed']);
  expect(change('🌙'.repeat(128))).toEqual([]);
});

test('the default type of verify-code is register', () => {
  expect(verifyCodeInput.parse({ email: 'a@example.com', code: '042195' }).type).toBe('register');
});
