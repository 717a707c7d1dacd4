import type { Localized } from './locale.ts';

const message = (en: string, zh: string): Localized => ({ en, 'zh-CN': zh });

/** The sentence for each successful call: the REST envelope's `message`. */
export const successMessages = {
  ok: message('success', '操作成功'),
  registeredLinkSent: message('user created, verification email sent', '注册成功，验证邮件已发送'),
  registered: message('registration successful', '注册成功'),
  loggedIn: message('login successful', '登录成功'),
  refreshed: message('token refreshed', '令牌已刷新'),
  loggedOut: message('logged out', '已退出登录'),
  codeSent: message('verification code sent', '验证码已发送'),
  codeValid: message('verification code valid', '验证码有效'),
  verificationSent: message('verification email sent', '验证邮件已发送'),
  verified: message('email verified successfully', '邮箱验证成功'),
  alreadyVerified: message('already verified', '邮箱已验证'),
  registrationRejected: message('account removed', '账号已删除'),
  resetSent: message('password reset email sent', '密码重置邮件已发送'),
  passwordReset: message('password reset successful', '密码重置成功'),
  passwordChanged: message('password changed', '密码已修改'),
  sessionEnded: message('session ended', '会话已结束'),
} as const satisfies Record<string, Localized>;

export type SuccessMessage = keyof typeof successMessages;
