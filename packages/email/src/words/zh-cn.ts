import type { Words } from './words.ts';

const time = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export const zhCN = {
  greeting: (username) => (username === undefined ? '您好：' : `${username}，您好：`),
  minutes: (count) => `${count} 分钟`,
  time: (iso) => `${time.format(new Date(iso))} UTC`,
  device: (browser, system) => [browser, system].filter((part) => part !== undefined).join('，'),
  unknown: '未知',
  linkLives: (minutes) => `链接在 ${minutes}内有效。`,
  resetLinkLives: (minutes) => `链接在 ${minutes}内有效，且只能使用一次。`,
  codeLives: (minutes) => `验证码在 ${minutes}内有效，仅最新的一个有效。`,
  keepCodeSecret: (app) => `请勿将验证码告诉他人，${app} 的工作人员绝不会向您索取。`,
  openAddress: '如果按钮无法使用，请打开以下网址：',
  footer: (app) => `此邮件由 ${app} 自动发送，因为有人使用此邮箱进行了操作。`,
  verificationLink: {
    subject: (app) => `验证您在 ${app} 的邮箱`,
    heading: '验证您的邮箱',
    intro: (app) => `请确认此邮箱属于您，以便 ${app} 与您联系。`,
    action: '验证邮箱',
    notYou: (app) => `如果您没有注册 ${app}，请忽略此邮件，该邮箱将保持未验证状态。`,
  },
  verificationCode: {
    subject: (app) => `您在 ${app} 的验证码`,
    heading: '您的验证码',
    intro: (app) => `请使用以下验证码，向 ${app} 确认此邮箱属于您：`,
    notYou: () => '如果您没有请求验证码，请忽略此邮件：没有验证码，任何人都无法使用您的邮箱。',
  },
  resetLink: {
    subject: (app) => `重置您在 ${app} 的密码`,
    heading: '重置您的密码',
    intro: (app) => `有人（希望是您本人）请求重置您在 ${app} 的账号密码。`,
    action: '设置新密码',
    notYou: () => '如果不是您本人操作，请忽略此邮件，您的密码不会改变。',
  },
  resetCode: {
    subject: (app) => `重置 ${app} 密码的验证码`,
    heading: '重置您的密码',
    intro: (app) => `请使用以下验证码，为您在 ${app} 的账号设置新密码：`,
    notYou: () => '如果您没有请求验证码，请忽略此邮件，您的密码不会改变。',
  },
  passwordChanged: {
    subject: (app) => `您在 ${app} 的密码已修改`,
    heading: '您的密码已修改',
    intro: (app, when) => `您在 ${app} 的账号密码已于 ${when} 修改，其他设备均已退出登录。`,
    notYou: (app) => `如果不是您本人操作，请立即在 ${app} 的登录页面重置密码，并确认没有其他人能查看您的邮件。`,
  },
  refreshTokenReuseAlert: {
    subject: (app) => `您在 ${app} 的一个会话已被终止`,
    heading: '我们终止了您的一个会话',
    intro: (app, when) =>
      `${when}，有人使用了您在 ${app} 账号的一个已被替换的密钥。它可能已被他人复制，因此我们将该会话退出了登录。`,
    device: (device) => `使用设备：${device}`,
    address: (address) => `IP 地址：${address}`,
    notYou: () => '如果是您本人操作，重新登录即可。如果不是，请修改密码，并检查您的其他会话。',
  },
  accountExists: {
    subject: (app) => `您在 ${app} 已有账号`,
    heading: '您已有账号',
    intro: (app) => `有人（希望是您本人）尝试用此邮箱注册 ${app}，但此邮箱已有账号。`,
    logIn: '登录',
    reset: '设置新密码',
    notYou: () => '如果不是您本人操作，请忽略此邮件：您的账号没有任何变化。',
  },
  noAccount: {
    subject: (app) => `此邮箱在 ${app} 没有账号`,
    heading: '此邮箱没有账号',
    intro: (app) => `有人（希望是您本人）请求 ${app} 重置密码，但此邮箱没有账号，您可能使用了其他邮箱。`,
    action: '注册账号',
    notYou: () => '如果不是您本人操作，请忽略此邮件：这里没有您的任何账号信息。',
  },
} satisfies Words;
