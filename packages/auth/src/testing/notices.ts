import type { Mail } from '@moonlight/contracts';
import { changePassword } from '../account/change-password.ts';
import type { RequestInfo } from '../deps.ts';
import type { TestAuth } from './create-test-auth.ts';
import { logIn, type Person, refusalOf, tally } from './people.ts';
import { testRequest } from './test-inputs.ts';

const NOTICES: readonly Mail['kind'][] = ['password-changed', 'refresh-token-reuse-alert', 'security-notices'];

/** How many notices of which kind wait to be sent to a person. */
export const noticesTo = async (t: TestAuth, { email }: Person): Promise<Record<string, number>> =>
  tally((await t.mails()).filter(({ to, kind }) => to === email && NOTICES.includes(kind)).map(({ kind }) => kind));

/** Changes a person's password `times` times in a loop, as an attacker who floods the mailbox. */
export const changeInLoop = async (
  t: TestAuth,
  person: Person,
  { times, request }: { times: number; request?: RequestInfo },
): Promise<void> => {
  const { identity } = await logIn(t, person);
  for (let count = 0, current = person.password; count < times; count += 1) {
    const newPassword = `${person.password}, changed ${count}`;
    const input = { currentPassword: current, newPassword };
    await changePassword(t.deps, { input, identity }, request ?? testRequest());
    current = newPassword;
  }
};

/** Uses the refresh tokens of new sessions, all in parallel, when they were replaced: a sign of theft. */
export const reuseTokens = async (t: TestAuth, person: Person, times = 1): Promise<void> => {
  const tokens: string[] = [];
  for (let count = 0; count < times; count += 1) tokens.push((await logIn(t, person)).refreshToken);
  for (const refreshToken of tokens) await t.refresh({ refreshToken }, testRequest());
  t.clock.advance(t.deps.settings.tokens.reuseGraceSeconds);
  const reuse = (refreshToken: string) => refusalOf(t.refresh({ refreshToken }, testRequest()));
  const outcomes = tally(await Promise.all(tokens.map(reuse)));
  if (outcomes['REFRESH_TOKEN_REUSED'] !== times) throw new Error(`not reused: ${JSON.stringify(outcomes)}`);
};
