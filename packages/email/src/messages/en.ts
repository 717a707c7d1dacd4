import type { Messages } from './messages.ts';

const plural = new Intl.PluralRules('en');
const time = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export const en = {
  greeting: (username) => (username === undefined ? 'Hello,' : `Hello ${username},`),
  minutes: (count) => `${count} ${plural.select(count) === 'one' ? 'minute' : 'minutes'}`,
  time: (iso) => `${time.format(new Date(iso))} UTC`,
  device: (browser, system) => [browser, system].filter((part) => part !== null).join(' on '),
  unknown: 'unknown',
  linkValidity: (minutes) => `This link is valid for ${minutes}.`,
  resetLinkValidity: (minutes) => `This link is valid for ${minutes} and can be used once.`,
  codeValidity: (minutes) =>
    `This code is valid for ${minutes}. If you requested several codes, only the newest one works.`,
  keepCodeSecret: (app) => `Do not share this code with anyone. ${app} staff will never ask you for it.`,
  buttonFallback: 'If the button does not work, open this link:',
  footer: (app) => `You received this email because someone used this address at ${app}. It was sent automatically.`,
  mails: {
    'verification-link': {
      subject: (app) => `Verify your email for ${app}`,
      heading: 'Verify your email',
      intro: (app) =>
        `An account at ${app} was created with this email address. If you created this account, verify your email.`,
      labels: {
        username: (value) => `Username: ${value}`,
        time: (value) => `Created on: ${value}`,
        device: (value) => `Device: ${value}`,
        ipAddress: (value) => `IP address: ${value}`,
      },
      action: 'Verify email',
      notYou: () =>
        'If you did not create this account, do not verify the email. Open the link and choose “This was not me”: the account will be removed. If the link has expired, you can ignore this email: the email cannot be verified without a link, and an unverified account that is not used is removed.',
      notMe: 'This was not me',
    },
    'verification-code': {
      subject: (app) => `Your verification code for ${app}`,
      heading: 'Your verification code',
      intro: (app) => `Enter this code at ${app} to verify your email:`,
      notYou: () =>
        'If you did not request a code, you can ignore this email. No account can be registered with your email address without the code.',
    },
    'reset-link': {
      subject: (app) => `Reset your password for ${app}`,
      heading: 'Reset your password',
      intro: (app) => `We received a request to reset the password of your account at ${app}.`,
      action: 'Choose a new password',
      notYou: () => 'If this was not you, you can ignore this email. Your password will not change.',
    },
    'reset-code': {
      subject: (app) => `Your password reset code for ${app}`,
      heading: 'Reset your password',
      intro: (app) =>
        `We received a request to reset the password of your account at ${app}. Enter this code to choose a new one:`,
      notYou: () => 'If you did not request a code, you can ignore this email. Your password will not change.',
    },
    invitation: {
      subject: (app) => `You are invited to ${app}`,
      heading: 'You are invited',
      intro: (app) =>
        `An operator of ${app} created an account for you. Choose a password to use it; that also verifies your email.`,
      action: 'Choose a password',
      validity: (hours) => `This link is valid for ${hours} hours and can be used once.`,
      notYou: () =>
        'If you did not expect this invitation, you can ignore this email. The account will be removed when the link has expired.',
    },
    'password-changed': {
      subject: (app) => `Your password for ${app} was changed`,
      heading: 'Your password was changed',
      intro: (app, when) =>
        `The password of your account at ${app} was changed on ${when}. All other devices were logged out.`,
      notYou: (app) =>
        `If this was not you, reset your password now on the login page of ${app}, and make sure that no one else can read your email.`,
    },
    'refresh-token-reuse-alert': {
      subject: (app) => `We logged a device out of your account at ${app}`,
      heading: 'We logged out one of your devices',
      intro: (app, when) =>
        `On ${when}, an old login token of your account at ${app} was used again, which can mean that it was copied. We logged that device out to be safe.`,
      usedBy: (device) => `Used by: ${device}`,
      ipAddress: (ip) => `IP address: ${ip}`,
      notYou: () =>
        'If this was you, log in again. If it was not, change your password and check the other devices that are logged in to your account.',
    },
    'operator-action': {
      subject: (app) => `An operator changed your account at ${app}`,
      heading: 'An operator changed your account',
      intros: {
        disabled: (app, when) =>
          `An operator of ${app} disabled your account on ${when}. You cannot log in until it is enabled again.`,
        enabled: (app, when) => `An operator of ${app} enabled your account on ${when}. You can log in again.`,
        'sessions-ended': (app, when) =>
          `An operator of ${app} logged all your devices out on ${when}. You can log in again.`,
        'deletion-planned': (app, when, deletion) =>
          `An operator of ${app} planned the deletion of your account on ${when}. It will be deleted on ${deletion}, and you cannot log in any more. If that is wrong, contact the operators of ${app} before then.`,
        'deletion-cancelled': (app, when) =>
          `An operator of ${app} cancelled the deletion of your account on ${when}. You can log in again.`,
      },
      questions: (app) => `If you did not expect this, ask the operators of ${app} for the reason.`,
    },
    'security-notices': {
      subject: (app) => `More security notices for your account at ${app}`,
      heading: 'More security notices for your account',
      intro: (app) =>
        `This email lists what else happened to your account at ${app} after the emails that we already sent you:`,
      events: {
        'password-changed': 'Your password was changed',
        'refresh-token-reuse-alert': 'An old login token was used again, so its session was ended',
        'operator-action': 'An operator changed your account',
      },
      summary: (event, count, lastTime) =>
        count === 1 ? `${event}: on ${lastTime}.` : `${event}: ${count} times, most recently on ${lastTime}.`,
      notYou: (app) =>
        `If this was not you, reset your password now on the login page of ${app}, check the other devices that are logged in to your account, and make sure that no one else can read your email.`,
    },
    'account-exists': {
      subject: (app) => `You already have an account at ${app}`,
      heading: 'You already have an account',
      intro: (app) =>
        `We received a request to create an account at ${app} with this email address, or to verify this email address. Neither is needed: you already have an account, and its email address is verified.`,
      logIn: 'Log in',
      reset: 'Choose a new password',
      notYou: () => 'If this was not you, you can ignore this email. Nothing about your account has changed.',
    },
    'no-account': {
      subject: (app) => `There is no ${app} account for this email address`,
      heading: 'There is no account for this email address',
      intro: (app) =>
        `We received a request to reset a password or to verify an email address at ${app}, but there is no account for this email address. You may have used a different one.`,
      action: 'Create an account',
      notYou: () => 'If this was not you, you can ignore this email. No account is at risk.',
    },
  },
} satisfies Messages;
