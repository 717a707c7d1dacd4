import type { Locale } from '@moonlight/contracts';

export type PageKind = 'open' | 'verified' | 'already_verified' | 'refused';

interface PageText {
  readonly title: string;
  readonly text: string;
}

interface PageTexts extends Readonly<Record<PageKind, PageText>> {
  readonly button: string;
  readonly goOn: (appName: string) => string;
}

/** The sentences of the page behind a verification link. */
export const pageTexts: Readonly<Record<Locale, PageTexts>> = {
  en: {
    open: {
      title: 'Verify your e-mail address',
      text: 'Press the button to confirm that this address is yours. If you did not ask for this, close the page: nothing happens.',
    },
    verified: { title: 'E-mail address verified', text: 'Thank you. You can close this page now.' },
    already_verified: {
      title: 'Already verified',
      text: 'This e-mail address was verified before. There is nothing left to do.',
    },
    refused: {
      title: 'This did not work',
      text: 'Log in and ask for a new link; only the newest one counts, and not for long.',
    },
    button: 'Verify e-mail address',
    goOn: (appName) => `Continue to ${appName}`,
  },
  'zh-CN': {
    open: {
      title: '验证您的邮箱',
      text: '点击下方按钮，确认该邮箱归您所有。如果这不是您本人的操作，请直接关闭此页面。',
    },
    verified: { title: '邮箱验证成功', text: '感谢您的确认，现在可以关闭此页面。' },
    already_verified: { title: '邮箱已验证', text: '该邮箱此前已完成验证，无需再次操作。' },
    refused: { title: '操作未成功', text: '请登录后重新获取链接；只有最新的链接有效，且有效期很短。' },
    button: '验证邮箱',
    goOn: (appName) => `前往 ${appName}`,
  },
};
