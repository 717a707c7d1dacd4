import type { Words } from './words.ts';

const plural = new Intl.PluralRules('en');
const time = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export const en = {
  greeting: (username) => (username === undefined ? 'Hello,' : `Hello ${username},`),
  minutes: (count) => `${count} ${plural.select(count) === 'one' ? 'minute' : 'minutes'}`,
  time: (iso) => `${time.format(new Date(iso))} UTC`,
  device: (browser, system) => [browser, system].filter((part) => part !== undefined).join(' on '),
  unknown: 'unknown',
  linkLives: (minutes) => `The link is valid for ${minutes}.`,
  resetLinkLives: (minutes) => `The link works once, and for ${minutes}.`,
  codeLives: (minutes) => `The code is valid for ${minutes}. Only the newest one counts.`,
  keepCodeSecret: (app) => `Do not pass it on: nobody from ${app} will ever ask you for it.`,
  openAddress: 'If the button does not work, open this address:',
  footer: (app) => `${app} sends this mail automatically, because of something that was done with this e-mail address.`,
  verificationLink: {
    subject: (app) => `Verify your e-mail address for ${app}`,
    heading: 'Verify your e-mail address',
    intro: (app) => `Please confirm that this e-mail address is yours, so that ${app} can reach you.`,
    action: 'Verify e-mail address',
    notYou: (app) => `If you did not sign up for ${app}, ignore this mail: the address stays unverified.`,
  },
  verificationCode: {
    subject: (app) => `Your verification code for ${app}`,
    heading: 'Your verification code',
    intro: (app) => `With this code you confirm to ${app} that this e-mail address is yours:`,
    notYou: () => 'If you did not ask for a code, ignore this mail: nobody can use your address without it.',
  },
  resetLink: {
    subject: (app) => `Reset your password for ${app}`,
    heading: 'Reset your password',
    intro: (app) => `Somebody, we hope it was you, asked to reset the password of your account at ${app}.`,
    action: 'Choose a new password',
    notYou: () => 'If it was not you, ignore this mail: your password stays as it is.',
  },
  resetCode: {
    subject: (app) => `Your code to reset the password for ${app}`,
    heading: 'Reset your password',
    intro: (app) => `With this code you choose a new password for your account at ${app}:`,
    notYou: () => 'If you did not ask for a code, ignore this mail: your password stays as it is.',
  },
  passwordChanged: {
    subject: (app) => `Your password for ${app} was changed`,
    heading: 'Your password was changed',
    intro: (app, when) =>
      `The password of your account at ${app} was changed on ${when}. All other devices have been signed out.`,
    notYou: (app) =>
      `If it was not you, reset your password right away on the sign-in page of ${app}, and make sure that nobody else can read your mail.`,
  },
  refreshTokenReuseAlert: {
    subject: (app) => `A session of your account at ${app} was ended`,
    heading: 'We ended one of your sessions',
    intro: (app, when) =>
      `On ${when} a key to your account at ${app} was used that had already been replaced. Somebody may have copied it, so we signed that session out.`,
    device: (device) => `Used by: ${device}`,
    address: (address) => `IP address: ${address}`,
    notYou: () =>
      'If it was you, simply sign in again. If it was not, change your password and look through your other sessions.',
  },
  accountExists: {
    subject: (app) => `You already have an account at ${app}`,
    heading: 'You already have an account',
    intro: (app) =>
      `Somebody, we hope it was you, tried to register this e-mail address at ${app}. There already is an account with it.`,
    logIn: 'Sign in',
    reset: 'Choose a new password',
    notYou: () => 'If it was not you, ignore this mail: nothing about your account has changed.',
  },
  noAccount: {
    subject: (app) => `No account at ${app} with this e-mail address`,
    heading: 'There is no account here',
    intro: (app) =>
      `Somebody, we hope it was you, asked ${app} to reset a password. There is no account with this e-mail address; perhaps you used another one.`,
    action: 'Create an account',
    notYou: () => 'If it was not you, ignore this mail: there is no account that could be at risk.',
  },
} satisfies Words;
