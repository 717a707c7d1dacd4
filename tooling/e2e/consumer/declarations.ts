import { createMoonlightClient, isMoonlightError } from '@moonlight/client';

// Types inferred from the client appear in the declarations of projects that use it, so they must have short names there.
export const moonlight = createMoonlightClient({ url: 'https://accounts.example.com', session: 'cookie' });
export const { auth, sessions } = moonlight;
export const login = moonlight.auth.login;
export const logIn = (email: string, password: string, captcha?: string) =>
  moonlight.auth.login.mutate({ email, password, captcha });
export const everything = async () => ({
  me: await moonlight.account.profile.query(),
  sessions: await moonlight.sessions.list.query(),
});
export const waitFor = (error: unknown) => (isMoonlightError(error, 'RATE_LIMITED') ? error.data : undefined);
export const lastLogin = { moonlight, last: undefined as Awaited<ReturnType<typeof logIn>> | undefined };
