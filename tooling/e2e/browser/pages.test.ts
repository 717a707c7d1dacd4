import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeTheSite, site, startTheSite } from './the-site.ts';
// All in one file: they share a build, a service and a browser, whose starts would cost more than the journeys.
import './build.suite.ts';
import './registration.suite.ts';
import './verification.suite.ts';
import './password-reset.suite.ts';
import './account.suite.ts';
import './bad-days.suite.ts';
import './strict-privacy.suite.ts';
import './gallery.suite.ts';

beforeAll(startTheSite);
afterAll(closeTheSite);

test('no page asked anybody else, told where it was, broke its policy or threw', () => {
  expect(site().complaints).toEqual([]);
});
