import { logInElsewhere, newUser, registerUser } from './users.ts';
import { fill, heading, input, logIn, mailedLink, press, type Visitor } from './visitor.ts';

/** Brings a page into one of the states that it can show, from an empty browser profile. */
export type PageState = (visitor: Visitor) => Promise<void>;

const goto = async (visitor: Visitor, path: string, title: string): Promise<void> => {
  await visitor.page.goto(path);
  await heading(visitor, title).waitFor();
};

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15';
const PHONE = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';

const loggedOut: Record<string, PageState> = {
  home: (visitor) => goto(visitor, '/', visitor.t.home.heading),
  register: (visitor) => goto(visitor, '/register', visitor.t.register.heading),
  'register-wrong': async (visitor) => {
    await goto(visitor, '/register', visitor.t.register.heading);
    await fill(visitor, { email: 'alice', username: 'a', password: 'short' });
    await press(visitor, visitor.t.register.submit);
    await visitor.page.locator('.field-error').nth(2).waitFor();
  },
  'register-code': async (visitor) => {
    await goto(visitor, '/register', visitor.t.register.heading);
    await visitor.page.getByLabel(visitor.t.register.byCode).check();
    const { email, username } = newUser();
    await fill(visitor, { email, username, password: 'correct horse battery staple' });
    await press(visitor, visitor.t.code.send);
    await visitor.page.locator('.notice-calm').waitFor();
  },
  'check-email': async (visitor) => {
    await goto(visitor, '/register', visitor.t.register.heading);
    const { email, username, password } = newUser();
    await fill(visitor, { email, username, password });
    await press(visitor, visitor.t.register.submit);
    await heading(visitor, visitor.t.checkEmail.heading).waitFor();
    await press(visitor, visitor.t.checkEmail.resend);
    await visitor.page.locator('.notice-bad').waitFor();
  },
  login: (visitor) => goto(visitor, '/login', visitor.t.login.heading),
  'login-wrong': async (visitor) => {
    await goto(visitor, '/login', visitor.t.login.heading);
    await fill(visitor, { email: newUser().email, password: 'not mine' });
    await press(visitor, visitor.t.login.submit);
    await visitor.page.locator('.notice-bad').waitFor();
  },
  'not-found': (visitor) => goto(visitor, '/nowhere', visitor.t.notFound.heading),
  'service-unavailable': async (visitor) => {
    await goto(visitor, '/login', visitor.t.login.heading);
    await visitor.page.route(`${visitor.site.api.url}/**`, (route) => route.abort());
    await fill(visitor, { email: 'alice@example.com', password: 'a long and quiet night' });
    await press(visitor, visitor.t.login.submit);
    await visitor.page.locator('.offline-banner').waitFor();
  },
};

const verifying: Record<string, PageState> = {
  verify: async (visitor) => {
    const { email } = await registerUser(visitor.site, { isVerified: false, locale: visitor.locale });
    await goto(visitor, await mailedLink(visitor, email), visitor.t.verifyEmail.heading);
  },
  'verify-done': async (visitor) => {
    const { email } = await registerUser(visitor.site, { isVerified: false, locale: visitor.locale });
    await goto(visitor, await mailedLink(visitor, email), visitor.t.verifyEmail.heading);
    await press(visitor, visitor.t.verifyEmail.submit);
    await heading(visitor, visitor.t.verifyEmail.verifiedHeading).waitFor();
  },
  'verify-invalid': (visitor) => goto(visitor, '/verify-email?token=unknown', visitor.t.verifyEmail.invalidHeading),
  'verify-rejected': async (visitor) => {
    const { email } = await registerUser(visitor.site, { isVerified: false, locale: visitor.locale });
    await goto(visitor, await mailedLink(visitor, email), visitor.t.verifyEmail.heading);
    await press(visitor, visitor.t.verifyEmail.reject);
    await heading(visitor, visitor.t.verifyEmail.rejectedHeading).waitFor();
  },
  'verify-without-link': (visitor) => goto(visitor, '/verify-email', visitor.t.verifyEmail.missingHeading),
};

const resetting: Record<string, PageState> = {
  'forgot-password': async (visitor) => {
    await goto(visitor, '/forgot-password', visitor.t.forgotPassword.heading);
    await input(visitor, 'email').focus();
    await visitor.page.getByText(visitor.t.captcha.verified).waitFor();
  },
  'forgot-password-sent': async (visitor) => {
    const { email } = await registerUser(visitor.site);
    await goto(visitor, '/forgot-password', visitor.t.forgotPassword.heading);
    await fill(visitor, { email });
    await press(visitor, visitor.t.forgotPassword.submit);
    await visitor.page.locator('.notice-good').waitFor();
  },
  'reset-password-by-link': async (visitor) => {
    await goto(visitor, '/reset-password?token=unknown', visitor.t.resetPassword.heading);
    await fill(visitor, { newPassword: 'correct horse battery staple' });
  },
  'reset-password-by-code': (visitor) => goto(visitor, '/reset-password', visitor.t.resetPassword.heading),
  'reset-password-dead': async (visitor) => {
    await goto(visitor, '/reset-password?token=unknown', visitor.t.resetPassword.heading);
    await fill(visitor, { newPassword: 'correct horse battery staple' });
    await press(visitor, visitor.t.resetPassword.submit);
    await heading(visitor, visitor.t.resetPassword.invalidHeading).waitFor();
  },
};

const loggedIn: Record<string, PageState> = {
  account: async (visitor) => logIn(visitor, await registerUser(visitor.site, { locale: visitor.locale })),
  'account-unverified': async (visitor) =>
    logIn(visitor, await registerUser(visitor.site, { isVerified: false, locale: visitor.locale })),
  sessions: async (visitor) => {
    const user = await registerUser(visitor.site);
    await logInElsewhere(visitor.site.api.url, user, MAC);
    await logInElsewhere(visitor.site.api.url, user, PHONE);
    await logIn(visitor, user);
    await goto(visitor, '/sessions', visitor.t.sessions.heading);
    await visitor.page.locator('.session').nth(2).waitFor();
  },
  'change-password': async (visitor) => {
    await logIn(visitor, await registerUser(visitor.site));
    await goto(visitor, '/change-password', visitor.t.changePassword.heading);
    await fill(visitor, { currentPassword: 'wrong', newPassword: 'correct horse battery staple' });
    await press(visitor, visitor.t.changePassword.submit);
    await visitor.page.locator('.field-error').waitFor();
  },
};

/** Every state by the name of its screenshots. */
export const pageStates: Readonly<Record<string, PageState>> = {
  ...loggedOut,
  ...verifying,
  ...resetting,
  ...loggedIn,
};
