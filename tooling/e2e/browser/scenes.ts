import { elsewhere, newPerson, registered } from './people.ts';
import { fill, heading, input, logIn, mailedLink, press, type Stage } from './stage.ts';

/** Something a page can look like; it comes with a fresh browser. */
export type Scene = (stage: Stage) => Promise<void>;

const goto = async (stage: Stage, path: string, title: string): Promise<void> => {
  await stage.page.goto(path);
  await heading(stage, title).waitFor();
};

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15';
const PHONE = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';

const entrance: Record<string, Scene> = {
  home: (stage) => goto(stage, '/', stage.t.home.heading),
  register: (stage) => goto(stage, '/register', stage.t.register.heading),
  'register-wrong': async (stage) => {
    await goto(stage, '/register', stage.t.register.heading);
    await fill(stage, { email: 'alice', username: 'a', password: 'short' });
    await press(stage, stage.t.register.submit);
    await stage.page.locator('.field-error').nth(2).waitFor();
  },
  'register-code': async (stage) => {
    await goto(stage, '/register', stage.t.register.heading);
    await stage.page.getByLabel(stage.t.register.byCode).check();
    const { email, username } = newPerson();
    await fill(stage, { email, username, password: 'correct horse battery staple' });
    await press(stage, stage.t.code.send);
    await stage.page.locator('.notice-calm').waitFor();
  },
  'check-mail': async (stage) => {
    await goto(stage, '/register', stage.t.register.heading);
    const { email, username, password } = newPerson();
    await fill(stage, { email, username, password });
    await press(stage, stage.t.register.submit);
    await heading(stage, stage.t.checkMail.heading).waitFor();
    await press(stage, stage.t.checkMail.resend);
    await stage.page.locator('.notice-bad').waitFor();
  },
  login: (stage) => goto(stage, '/login', stage.t.login.heading),
  'login-wrong': async (stage) => {
    await goto(stage, '/login', stage.t.login.heading);
    await fill(stage, { email: newPerson().email, password: 'not mine' });
    await press(stage, stage.t.login.submit);
    await stage.page.locator('.notice-bad').waitFor();
  },
  'not-found': (stage) => goto(stage, '/nowhere', stage.t.notFound.heading),
  'without-the-service': async (stage) => {
    await goto(stage, '/login', stage.t.login.heading);
    await stage.page.route(`${stage.site.api.url}/**`, (route) => route.abort());
    await fill(stage, { email: 'alice@example.com', password: 'a long and quiet night' });
    await press(stage, stage.t.login.submit);
    await stage.page.locator('.away').waitFor();
  },
};

const verifying: Record<string, Scene> = {
  verify: async (stage) => {
    const { email } = await registered(stage.site, { isVerified: false, locale: stage.locale });
    await goto(stage, await mailedLink(stage, email), stage.t.verify.heading);
  },
  'verify-done': async (stage) => {
    const { email } = await registered(stage.site, { isVerified: false, locale: stage.locale });
    await goto(stage, await mailedLink(stage, email), stage.t.verify.heading);
    await press(stage, stage.t.verify.submit);
    await heading(stage, stage.t.verify.verifiedHeading).waitFor();
  },
  'verify-invalid': async (stage) => {
    await goto(stage, '/verify-email?token=unknown', stage.t.verify.heading);
    await press(stage, stage.t.verify.submit);
    await heading(stage, stage.t.verify.invalidHeading).waitFor();
  },
  'verify-without-link': (stage) => goto(stage, '/verify-email', stage.t.verify.missingHeading),
};

const resetting: Record<string, Scene> = {
  'forgot-password': async (stage) => {
    await goto(stage, '/forgot-password', stage.t.forgot.heading);
    await input(stage, 'email').focus();
    await stage.page.getByText(stage.t.captcha.verified).waitFor();
  },
  'forgot-password-sent': async (stage) => {
    const { email } = await registered(stage.site);
    await goto(stage, '/forgot-password', stage.t.forgot.heading);
    await fill(stage, { email });
    await press(stage, stage.t.forgot.submit);
    await stage.page.locator('.notice-good').waitFor();
  },
  'reset-password-by-link': async (stage) => {
    await goto(stage, '/reset-password?token=unknown', stage.t.reset.heading);
    await fill(stage, { newPassword: 'correct horse battery staple' });
  },
  'reset-password-by-code': (stage) => goto(stage, '/reset-password', stage.t.reset.heading),
  'reset-password-dead': async (stage) => {
    await goto(stage, '/reset-password?token=unknown', stage.t.reset.heading);
    await fill(stage, { newPassword: 'correct horse battery staple' });
    await press(stage, stage.t.reset.submit);
    await heading(stage, stage.t.reset.invalidHeading).waitFor();
  },
};

const inside: Record<string, Scene> = {
  account: async (stage) => logIn(stage, await registered(stage.site, { locale: stage.locale })),
  'account-unverified': async (stage) =>
    logIn(stage, await registered(stage.site, { isVerified: false, locale: stage.locale })),
  sessions: async (stage) => {
    const person = await registered(stage.site);
    await elsewhere(stage.site.api.url, person, MAC);
    await elsewhere(stage.site.api.url, person, PHONE);
    await logIn(stage, person);
    await goto(stage, '/sessions', stage.t.sessions.heading);
    await stage.page.locator('.session').nth(2).waitFor();
  },
  'change-password': async (stage) => {
    await logIn(stage, await registered(stage.site));
    await goto(stage, '/change-password', stage.t.changePassword.heading);
    await fill(stage, { currentPassword: 'wrong', newPassword: 'correct horse battery staple' });
    await press(stage, stage.t.changePassword.submit);
    await stage.page.locator('.field-error').waitFor();
  },
};

export const scenes: Readonly<Record<string, Scene>> = { ...entrance, ...verifying, ...resetting, ...inside };
