import type { Localized } from './locale.ts';

interface CatalogueEntry {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;
  readonly message: Localized;
}

const entry = (status: CatalogueEntry['status'], en: string, zh: string): CatalogueEntry => ({
  status,
  message: { en, 'zh-CN': zh },
});

/** Every refusal of the service: its HTTP status and its public sentence. The codes never change; the sentences may. */
export const errorCatalogue = {
  VALIDATION_FAILED: entry(400, 'Invalid input', '数据验证失败'),
  PASSWORD_TOO_COMMON: entry(400, 'This password is too common', '密码过于常见'),
  CODE_INVALID: entry(400, 'Invalid verification code', '验证码错误'),
  CODE_EXPIRED: entry(400, 'Verification code expired', '验证码已过期'),
  CODE_ATTEMPTS_EXCEEDED: entry(429, 'Too many attempts, request a new code', '尝试次数过多，请重新获取验证码'),
  LINK_INVALID: entry(400, 'Invalid or expired token', '链接无效或已过期'),
  LINK_EXPIRED: entry(400, 'Invalid or expired token', '链接无效或已过期'),
  LINK_USED: entry(400, 'This link was already used', '链接已被使用'),
  MISSING_TOKEN: entry(401, 'Missing token', '缺少令牌'),
  TOKEN_EXPIRED: entry(401, 'Token expired', '令牌已过期'),
  TOKEN_INVALID: entry(401, 'Invalid token', '无效的令牌'),
  INVALID_CREDENTIALS: entry(401, 'Invalid credentials, incorrect email or password', '邮箱或密码错误'),
  REFRESH_TOKEN_INVALID: entry(401, 'Invalid refresh token', '无效的刷新令牌'),
  REFRESH_TOKEN_EXPIRED: entry(401, 'Refresh token expired', '刷新令牌已过期'),
  REFRESH_TOKEN_REUSED: entry(401, 'Refresh token reused', '刷新令牌已被使用'),
  ACCOUNT_DISABLED: entry(403, 'This account is disabled', '账号已被禁用'),
  ACCOUNT_DELETION_PENDING: entry(403, 'This account will be deleted', '该账号即将被删除'),
  EMAIL_NOT_VERIFIED: entry(403, 'Verify your email first', '请先验证邮箱'),
  REAUTHENTICATION_FAILED: entry(403, 'That was not right', '验证失败'),
  CAPTCHA_REQUIRED: entry(400, 'Captcha required', '请完成人机验证'),
  CAPTCHA_INVALID: entry(400, 'Captcha invalid', '人机验证失败'),
  USER_NOT_FOUND: entry(404, 'User not found', '用户不存在'),
  SESSION_NOT_FOUND: entry(404, 'Session not found', '会话不存在'),
  EMAIL_TAKEN: entry(409, 'user already exists', '该邮箱已注册'),
  USERNAME_TAKEN: entry(409, 'username already taken', '该用户名已被使用'),
  EMAIL_NOT_REGISTERED: entry(409, 'This email is not registered', '该邮箱未注册'),
  EMAIL_ALREADY_VERIFIED: entry(409, 'already verified', '邮箱已验证'),
  RATE_LIMITED: entry(429, 'Too many requests', '请求过于频繁'),
  OVERLOADED: entry(503, 'Busy, try again shortly', '服务繁忙，请稍后重试'),
  NOT_FOUND: entry(404, 'not found', '未找到'),
  METHOD_NOT_ALLOWED: entry(405, 'method not allowed', '不支持的方法'),
  PAYLOAD_TOO_LARGE: entry(413, 'request too large', '请求过大'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'unsupported media type', '不支持的内容类型'),
  INTERNAL_ERROR: entry(500, 'Something went wrong', '服务内部错误'),
} as const satisfies Record<string, CatalogueEntry>;

/** The closed union of error codes, the same in both APIs. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Whether a value from outside is an error code. */
export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorCatalogue, value);
