import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createMoonlightClient, isMoonlightError, isNetworkError, memoryStore } from '@moonlight/client';
import { createVerifier, VerifyError } from '@moonlight/verify';

// A project that uses only the two packages. The arguments are the address of the service and an unused user name.
const [, , url = '', username = ''] = process.argv;
const email = `${username}@example.com`;
const password = 'a long and quiet night';

/** The token of the newest mailed link. The test reads the mail and sends the token. */
const mailedToken = async (): Promise<string> => {
  process.send?.(email);
  const [token] = await once(process, 'message');
  return String(token);
};

const store = memoryStore();
const moonlight = createMoonlightClient({ url, session: store });
const events: string[] = [];
moonlight.on('loggedIn', ({ how }) => events.push(`loggedIn ${how}`));
moonlight.on('refreshed', ({ how }) => events.push(`refreshed ${how}`));
moonlight.on('loggedOut', ({ why }) => events.push(`loggedOut ${why}`));

await moonlight.auth.register.mutate({ email, username, password });
await assert.rejects(moonlight.account.profile.query(), (error) => isMoonlightError(error, 'MISSING_TOKEN'));
assert.deepEqual(await moonlight.emailVerification.confirm.mutate({ token: await mailedToken() }), {
  status: 'verified',
});

const { user } = await moonlight.auth.login.mutate({ email, password });
assert.equal(user.isEmailVerified, true);
assert.deepEqual(await moonlight.account.profile.query(), user);

const before = await store.get();
assert.ok(before);
await store.set({ ...before, expiresAt: 0 });
const [first, second] = await Promise.all([moonlight.account.profile.query(), moonlight.sessions.list.query()]);
assert.deepEqual([first.id, second.length], [user.id, 1]);

const verifier = createVerifier({ issuer: url });
const token = await moonlight.accessToken();
assert.equal((await verifier.verify(token)).userId, user.id);
assert.equal((await verifier.introspect(token)).email, email);

await moonlight.auth.logout.mutate();
await assert.rejects(
  verifier.introspect(token),
  (error) => error instanceof VerifyError && error.code === 'TOKEN_INVALID',
);
assert.equal(await moonlight.restore(), false);
assert.deepEqual(events, ['loggedIn here', 'refreshed here', 'loggedOut loggedOut']);

const nowhere = createMoonlightClient({ url: 'http://127.0.0.1:9' });
await assert.rejects(nowhere.captcha.challenge.query(), (error) => isNetworkError(error) && !isMoonlightError(error));

process.send?.('done');
process.disconnect();
