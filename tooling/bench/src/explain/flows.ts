import {
  type Auth,
  changePassword,
  checkEmail,
  cleanUp,
  verifyEmail,
  confirmPasswordReset,
  createMailDelivery,
  endOtherSessions,
  endSession,
  listSessions,
  login,
  logout,
  type OutgoingMail,
  outboxStatus,
  register,
  sendCode,
  sendHeldNotices,
  sendPasswordReset,
  sendVerification,
  verifyCode,
} from '@moonlight/auth';

type During = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const PASSWORD = 'a lantern on the lake';
const NEW_PASSWORD = 'two lanterns on the lake';
const request = { requestId: 'bench', ip: '192.0.2.1', userAgent: 'bench', locale: 'en' } as const;

const tokenOf = (outgoing: OutgoingMail | undefined): string =>
  outgoing !== undefined && 'url' in outgoing.mail ? (new URL(outgoing.mail.url).searchParams.get('token') ?? '') : '';

/** Runs every use case once, so that each of its statements is sent. */
export const runAllFlows = async (auth: Auth, during: During): Promise<void> => {
  const { deps } = auth;
  const mails: OutgoingMail[] = [];
  const sender = { send: async (outgoing: OutgoingMail) => void mails.push(outgoing) };
  const deliver = () =>
    during('worker: deliver', async () => {
      const delivery = createMailDelivery({ ...deps, senders: { email: sender } });
      await delivery.drain();
      await delivery.close();
      return mails.at(-1);
    });
  const account = { email: 'lantern@example.com', username: 'lantern', password: PASSWORD };

  await during('register', () => register(deps, account, request));
  const link = await deliver();
  const { tokens } = await during('login', () => login(deps, account, request));
  const identity = await during('bearer check', () => auth.authenticate(tokens.accessToken));
  await during('emailVerification.confirm', () => verifyEmail(deps, { token: tokenOf(link) }, request));
  const second = { email: 'lantern2@example.com', username: 'lantern2', password: PASSWORD };
  await during('register', () => register(deps, second, request));
  await during('checkEmail', () => checkEmail(deps, { email: account.email }, request));
  await during('refresh', () => auth.refresh({ refreshToken: tokens.refreshToken }, request));
  await during('refresh, replayed', () => auth.refresh({ refreshToken: tokens.refreshToken }, request));
  await during('sessions.list', () => listSessions(deps, identity));
  await during('sessions.revokeOthers', () => endOtherSessions(deps, identity, request));
  const other = await login(deps, account, request);
  const { sessionId } = await auth.authenticate(other.tokens.accessToken);
  await during('sessions.revoke', () => endSession(deps, { input: { id: sessionId }, identity }, request));
  const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  await during('changePassword', () => changePassword(deps, { input: passwords, identity }, request));
  await during('sendCode', () => sendCode(deps, { email: 'new@example.com', type: 'register' }, request));
  const code = await deliver();
  const digits = code !== undefined && 'code' in code.mail ? code.mail.code : '';
  await during('verifyCode', () =>
    verifyCode(deps, { email: 'new@example.com', code: digits, type: 'register' }, request),
  );
  const coded = { email: 'new@example.com', username: 'newcomer', password: PASSWORD, code: digits };
  await during('register with code', () => register(deps, coded, request));
  await during('passwordReset.send', () => sendPasswordReset(deps, { email: account.email }, request));
  const reset = await deliver();
  const change = { newPassword: PASSWORD, token: tokenOf(reset) };
  await during('passwordReset.confirm', () => confirmPasswordReset(deps, change, request));
  const wrong = { email: account.email, password: 'not the password' };
  await during('login, refused', () => login(deps, wrong, request)).catch(() => undefined);
  const last = await login(deps, account, request);
  const lastIdentity = await auth.authenticate(last.tokens.accessToken);
  await during('logout', () => logout(deps, { input: undefined, identity: lastIdentity }, request));
  await during('emailVerification.send', () =>
    sendVerification(deps, { ...identity.user, isEmailVerified: false, email: 'other@example.com' }, request),
  );
  await during('worker: held notices', () => sendHeldNotices(deps));
  await during('worker: metrics', () => outboxStatus(deps));
  await during('worker: clean-up', () => cleanUp(deps));
};
