import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import type { StoredSession } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NextApp, startNextApp } from '../src/next-app.ts';
import { registerAndLogIn } from '../src/people.ts';

const clock = createTestClock();
let server: TestServer;
let app: NextApp;
const cleanUp: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
  cleanUp.push(() => server.close());
  app = await startNextApp(server.url);
  cleanUp.push(() => app.close());
}, 240_000);
afterAll(() => Promise.all(cleanUp.map((each) => each())));

/** Opens a page as a browser with this session in its cookie. */
const open = async (path: string, session: StoredSession) => {
  const cookie = `session=${encodeURIComponent(JSON.stringify(session))}`;
  const answer = await fetch(app.url + path, { headers: { cookie } });
  const stored = /session=(?<value>[^;]*)/.exec(answer.headers.get('set-cookie') ?? '')?.groups?.['value'];
  return {
    status: answer.status,
    text: (await answer.text()).replaceAll(/<script[\s\S]*?<\/script>|<!--.*?-->/g, ''),
    session: stored === undefined ? undefined : decodeURIComponent(stored),
  };
};
const openMany = (path: string, session: StoredSession) =>
  Promise.all(Array.from({ length: 20 }, () => open(path, session)));

const loggedIn = async () => {
  const { store, username } = await registerAndLogIn(server.url);
  const session = await store.get();
  clock.advance(31 * 60);
  return { username, session: { ...session!, expiresAt: Date.now() - 1 } };
};
const parse = (text: string | undefined): StoredSession => JSON.parse(text ?? 'null');

/** Ended sessions, and refresh tokens that were taken for stolen. */
const damages = async () => {
  const ended = await server.deps.db.execute('select id from sessions where revoked_at is not null');
  const reused = await server.deps.db.execute(`select id from audit_log where event = 'refresh_reused'`);
  return { ended: ended.rows.length, reused: reused.rows.length };
};

test('20 parallel renderings over an expired token, twice: the token is not refreshed, and the session remains', async () => {
  const { session, username } = await loggedIn();
  for (let round = 0; round < 2; round += 1) {
    for (const page of await openMany('/rendered', session))
      expect(page).toMatchObject({ status: 200, text: expect.stringContaining('TOKEN_EXPIRED'), session: undefined });
    clock.advance(60);
  }
  // The same store can be written to in a route handler.
  const handled = await open('/handled', session);
  expect(handled).toMatchObject({ status: 200, text: username });
  expect((await open('/rendered', parse(handled.session))).text).toContain(username);
  expect(await damages()).toEqual({ ended: 0, reused: 0 });
});

test('20 parallel renderings behind the proxy: all show the user, and their cookies hold one session', async () => {
  const { session, username } = await loggedIn();
  const pages = await openMany('/', session);
  for (const page of pages)
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining(`Hello ${username}`) });
  const stored = pages.map((page) => parse(page.session));
  expect(new Set(stored.map(({ refreshToken }) => refreshToken)).size).toBe(1);
  clock.advance(31 * 60);
  const later = await open('/', { ...stored[19]!, expiresAt: Date.now() - 1 });
  expect(later.text).toContain(`Hello ${username}`);
  expect(await damages()).toEqual({ ended: 0, reused: 0 });
});
