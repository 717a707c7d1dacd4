import type { Messages } from './messages.ts';

const time = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export const zhCN = {
  greeting: (username) => (username === undefined ? '您好：' : `${username}，您好：`),
  minutes: (count) => `${count} 分钟`,
  time: (iso) => `${time.format(new Date(iso))} UTC`,
  device: (browser, system) => [system, browser].filter((part) => part !== null).join(' 上的 '),
  unknown: '未知',
  linkValidity: (minutes) => `此链接在 ${minutes}内有效。`,
  resetLinkValidity: (minutes) => `此链接在 ${minutes}内有效，且只能使用一次。`,
  codeValidity: (minutes) => `验证码在 ${minutes}内有效。如果您多次获取验证码，仅最新的一个有效。`,
  keepCodeSecret: (app) => `请勿将验证码告诉他人，${app} 的工作人员绝不会向您索取。`,
  buttonFallback: '如果按钮无法使用，请打开以下链接：',
  footer: (app) => `您收到此邮件，是因为有人在 ${app} 使用了此邮箱。此邮件由系统自动发送。`,
  mails: {
    'verification-link': {
      subject: (app) => `验证您在 ${app} 的邮箱`,
      heading: '验证您的邮箱',
      intro: (app) => `有人使用此邮箱在 ${app} 注册了账号。如果此账号由您注册，请验证邮箱。`,
      labels: {
        username: (value) => `用户名：${value}`,
        time: (value) => `注册时间：${value}`,
        device: (value) => `设备：${value}`,
        ipAddress: (value) => `IP 地址：${value}`,
      },
      action: '验证邮箱',
      notYou: () =>
        '如果您没有注册此账号，请勿验证。请打开链接并选择“不是我本人”，该账号将被删除。如果链接已过期，忽略此邮件即可：没有链接，邮箱无法通过验证；未验证且未使用的账号会被删除。',
      notMe: '不是我本人',
    },
    'verification-code': {
      subject: (app) => `您在 ${app} 的验证码`,
      heading: '您的验证码',
      intro: (app) => `请在 ${app} 输入以下验证码，以验证您的邮箱：`,
      notYou: () => '如果您没有获取验证码，请忽略此邮件。没有验证码，他人无法使用您的邮箱注册账号。',
    },
    'reset-link': {
      subject: (app) => `重置您在 ${app} 的密码`,
      heading: '重置您的密码',
      intro: (app) => `我们收到了重置您在 ${app} 的账号密码的请求。`,
      action: '设置新密码',
      notYou: () => '如果不是您本人操作，请忽略此邮件，您的密码不会改变。',
    },
    'reset-code': {
      subject: (app) => `您在 ${app} 的密码重置验证码`,
      heading: '重置您的密码',
      intro: (app) => `我们收到了重置您在 ${app} 的账号密码的请求。请输入以下验证码，设置新密码：`,
      notYou: () => '如果您没有获取验证码，请忽略此邮件，您的密码不会改变。',
    },
    invitation: {
      subject: (app) => `邀请您使用 ${app}`,
      heading: '您收到一份邀请',
      intro: (app) => `${app} 的管理员已为您创建账号。请设置密码以开始使用，同时您的邮箱将通过验证。`,
      action: '设置密码',
      validity: (hours) => `此链接在 ${hours} 小时内有效，且只能使用一次。`,
      notYou: () => '如果您不需要此账号，请忽略此邮件。链接过期后，该账号将被删除。',
    },
    'password-changed': {
      subject: (app) => `您在 ${app} 的密码已修改`,
      heading: '您的密码已修改',
      intro: (app, when) => `您在 ${app} 的账号密码已于 ${when} 修改，其他登录设备均已退出登录。`,
      notYou: (app) => `如果不是您本人操作，请立即在 ${app} 的登录页面重置密码，并确认没有其他人能查看您的邮件。`,
    },
    'refresh-token-reuse-alert': {
      subject: (app) => `您在 ${app} 的一台登录设备已退出登录`,
      heading: '我们已将您的一台登录设备退出登录',
      intro: (app, when) =>
        `${when}，我们检测到您在 ${app} 账号的一个已失效的登录凭证被再次使用，它可能已被他人复制。为安全起见，我们已将该设备退出登录。`,
      usedBy: (device) => `使用设备：${device}`,
      ipAddress: (ip) => `IP 地址：${ip}`,
      notYou: () => '如果是您本人操作，重新登录即可。如果不是，请修改密码，并检查您的其他登录设备。',
    },
    'operator-action': {
      subject: (app) => `管理员更改了您在 ${app} 的账号`,
      heading: '管理员更改了您的账号',
      intros: {
        disabled: (app, when) => `${app} 的管理员已于 ${when} 停用您的账号。在重新启用之前，您无法登录。`,
        enabled: (app, when) => `${app} 的管理员已于 ${when} 启用您的账号，您可以重新登录。`,
        'sessions-ended': (app, when) => `${app} 的管理员已于 ${when} 将您的所有登录设备退出登录，您可以重新登录。`,
        'deletion-planned': (app, when, deletion) =>
          `${app} 的管理员已于 ${when} 安排删除您的账号。账号将于 ${deletion} 被删除，您已无法登录。如有误，请在此之前联系 ${app} 的管理员。`,
        'deletion-cancelled': (app, when) => `${app} 的管理员已于 ${when} 取消删除您的账号，您可以重新登录。`,
      },
      questions: (app) => `如有疑问，请联系 ${app} 的管理员了解原因。`,
    },
    'security-notices': {
      subject: (app) => `您在 ${app} 的账号还有更多安全提醒`,
      heading: '您的账号还有更多安全提醒',
      intro: (app) => `在之前的邮件之后，您在 ${app} 的账号又发生了以下操作：`,
      events: {
        'password-changed': '密码被修改',
        'refresh-token-reuse-alert': '已失效的登录凭证被再次使用，相应的登录已结束',
        'operator-action': '管理员更改了您的账号',
      },
      summary: (event, count, lastTime) =>
        count === 1 ? `${event}：${lastTime}。` : `${event}：${count} 次，最近一次是 ${lastTime}。`,
      notYou: (app) =>
        `如果不是您本人操作，请立即在 ${app} 的登录页面重置密码，检查您的其他登录设备，并确认没有其他人能查看您的邮件。`,
    },
    'account-exists': {
      subject: (app) => `您在 ${app} 已有账号`,
      heading: '您已有账号',
      intro: (app) =>
        `我们收到了使用此邮箱在 ${app} 注册账号或验证此邮箱的请求。无需再次操作：您已有账号，且此邮箱已通过验证。`,
      logIn: '登录',
      reset: '设置新密码',
      notYou: () => '如果不是您本人操作，请忽略此邮件，您的账号没有任何变化。',
    },
    'no-account': {
      subject: (app) => `此邮箱没有 ${app} 账号`,
      heading: '此邮箱没有账号',
      intro: (app) => `我们收到了在 ${app} 重置密码或验证邮箱的请求，但此邮箱没有账号，您可能使用了其他邮箱。`,
      action: '注册账号',
      notYou: () => '如果不是您本人操作，请忽略此邮件，没有任何账号会因此受到影响。',
    },
  },
} satisfies Messages;
