import { expect, test } from 'vitest';
import { errorCatalogue, isErrorCode } from './error-catalogue.ts';
import { successMessages } from './success-messages.ts';

const CHINESE = /\p{Script=Han}/u;

test('every sentence has an English and a Chinese version', () => {
  const sentences = [...Object.values(errorCatalogue).map(({ message }) => message), ...Object.values(successMessages)];
  for (const { en, 'zh-CN': zh } of sentences) {
    expect(en).toMatch(/^[ -~]{2,80}$/);
    expect(zh).toMatch(CHINESE);
  }
});

// The sentences of the contract; clients may compare some of them.
test.each([
  ['VALIDATION_FAILED', 400, 'Invalid input', '数据验证失败'],
  ['PASSWORD_TOO_COMMON', 400, 'This password is too common', '密码过于常见'],
  ['CODE_INVALID', 400, 'Invalid verification code', '验证码错误'],
  ['CODE_EXPIRED', 400, 'Verification code expired', '验证码已过期'],
  ['CODE_ATTEMPTS_EXCEEDED', 429, 'Too many attempts, request a new code', '尝试次数过多，请重新获取验证码'],
  ['LINK_INVALID', 400, 'Invalid or expired token', '链接无效或已过期'],
  ['LINK_EXPIRED', 400, 'Invalid or expired token', '链接无效或已过期'],
  ['LINK_USED', 400, 'This link was already used', '链接已被使用'],
  ['MISSING_TOKEN', 401, 'Missing token', '缺少令牌'],
  ['TOKEN_EXPIRED', 401, 'Token expired', '令牌已过期'],
  ['TOKEN_INVALID', 401, 'Invalid token', '无效的令牌'],
  ['INVALID_CREDENTIALS', 401, 'Invalid credentials, incorrect email or password', '邮箱或密码错误'],
  ['REFRESH_TOKEN_INVALID', 401, 'Invalid refresh token', '无效的刷新令牌'],
  ['REFRESH_TOKEN_EXPIRED', 401, 'Refresh token expired', '刷新令牌已过期'],
  ['REFRESH_TOKEN_REUSED', 401, 'Refresh token reused', '刷新令牌已被使用'],
  ['ACCOUNT_DISABLED', 403, 'This account is disabled', '账号已被禁用'],
  ['ACCOUNT_DELETION_PENDING', 403, 'This account will be deleted', '该账号即将被删除'],
  ['EMAIL_NOT_VERIFIED', 403, 'Verify your email first', '请先验证邮箱'],
  ['REAUTHENTICATION_FAILED', 403, 'That was not right', '验证失败'],
  ['CAPTCHA_REQUIRED', 400, 'Captcha required', '请完成人机验证'],
  ['CAPTCHA_INVALID', 400, 'Captcha invalid', '人机验证失败'],
  ['USER_NOT_FOUND', 404, 'User not found', '用户不存在'],
  ['SESSION_NOT_FOUND', 404, 'Session not found', '会话不存在'],
  ['EMAIL_TAKEN', 409, 'user already exists', '该邮箱已注册'],
  ['USERNAME_TAKEN', 409, 'username already taken', '该用户名已被使用'],
  ['EMAIL_NOT_REGISTERED', 409, 'This email is not registered', '该邮箱未注册'],
  ['EMAIL_ALREADY_VERIFIED', 409, 'already verified', '邮箱已验证'],
  ['RATE_LIMITED', 429, 'Too many requests', '请求过于频繁'],
  ['OVERLOADED', 503, 'Busy, try again shortly', '服务繁忙，请稍后重试'],
  ['NOT_FOUND', 404, 'not found', '未找到'],
  ['METHOD_NOT_ALLOWED', 405, 'method not allowed', '不支持的方法'],
  ['PAYLOAD_TOO_LARGE', 413, 'request too large', '请求过大'],
  ['UNSUPPORTED_MEDIA_TYPE', 415, 'unsupported media type', '不支持的内容类型'],
  ['INTERNAL_ERROR', 500, 'Something went wrong', '服务内部错误'],
])('%s', (...[code, status, en, zh]) => {
  expect(new Map<string, unknown>(Object.entries(errorCatalogue)).get(code)).toEqual({
    status,
    message: { en, 'zh-CN': zh },
  });
});

test('the catalogue is closed', () => {
  expect(Object.keys(errorCatalogue)).toHaveLength(34);
  expect(isErrorCode('RATE_LIMITED')).toBe(true);
  for (const other of ['rate_limited', 'toString', '__proto__', '', undefined, 7, null])
    expect(isErrorCode(other)).toBe(false);
});

test('the success messages are those of the contract', () => {
  const messages = Object.fromEntries(
    Object.entries(successMessages).map(([name, each]) => [name, `${each.en} / ${each['zh-CN']}`]),
  );
  expect(messages).toEqual({
    ok: 'success / 操作成功',
    registeredLinkSent: 'user created, verification email sent / 注册成功，验证邮件已发送',
    registered: 'registration successful / 注册成功',
    loggedIn: 'login successful / 登录成功',
    refreshed: 'token refreshed / 令牌已刷新',
    loggedOut: 'logged out / 已退出登录',
    codeSent: 'verification code sent / 验证码已发送',
    codeValid: 'verification code valid / 验证码有效',
    verificationSent: 'verification email sent / 验证邮件已发送',
    verified: 'email verified successfully / 邮箱验证成功',
    alreadyVerified: 'already verified / 邮箱已验证',
    registrationRejected: 'account removed / 账号已删除',
    resetSent: 'password reset email sent / 密码重置邮件已发送',
    passwordReset: 'password reset successful / 密码重置成功',
    passwordChanged: 'password changed / 密码已修改',
    sessionEnded: 'session ended / 会话已结束',
  });
});
