import { createMoonlightClient, isMoonlightError } from '@moonlight/client';

// Whatever is inferred from the client goes into a stranger's own declarations: it must have a name there.
export const moonlight = createMoonlightClient({ url: 'https://accounts.example.com', session: 'cookie' });
export const { auth, sessions } = moonlight;
export const login = moonlight.auth.login;
export const signIn = (email: string, password: string, captcha?: string) =>
  moonlight.auth.login.mutate({ email, password, captcha });
export const everything = async () => ({
  me: await moonlight.account.profile.query(),
  sessions: await moonlight.sessions.list.query(),
});
export const waitFor = (error: unknown) => (isMoonlightError(error, 'RATE_LIMITED') ? error.data : undefined);
export const remembered = { moonlight, last: undefined as Awaited<ReturnType<typeof signIn>> | undefined };
