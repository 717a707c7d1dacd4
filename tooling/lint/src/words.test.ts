import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

/** Words with more than one reading, and what to write instead. Identifiers are searched, too. */
const WORDS: Readonly<Record<string, string>> = {
  'doors?': 'API, for example "REST API"',
  'rooms?': 'package',
  'arrows?': 'dependency',
  'keepers?': 'the name of the thing, for example "token store"',
  'crews?': 'supervisor',
  'nudges?': 'notify, notification',
  'whoever|whomever': 'the user, the caller, the process',
  somebody: 'a user, a caller, another process',
  nobody: 'no user, no caller, no process',
  'anybody|everybody': 'any user, every user',
  'of whom': 'a sentence of its own',
  'sign(?:s|ed|ing)? (?:in|out)|sign-(?:in|out|up)': 'log in, log out, register',
  'e-mails?': 'email',
  'insured limits store': 'fallbackLimitsStore',
  'post mail': 'enqueueMail',
  'helpful seconds': 'ttlSeconds',
  'taken error': 'toConflictError',
  'truth mail': 'existence notice',
  'is home|home only defaults': 'isDevelopment, insecureDefaults',
  'harmless name': 'sanitizeDisplayName',
  'letting go|let go': 'discard',
  insisting: 'withRetry',
};

/** Uses that are right: the Unix account `nobody`, and inputs of tests. */
const ALLOWED = /'nobody'|`nobody`|nobody@|\/\/nobody:/gi;

const CHECKED = ['*.{md,json,jsonc,ts,yml,yaml}', '.{changeset,github}/**', '{apps,docs,packages,tooling}/**'];
const TEXT = /\.(?:ts|tsx|mjs|js|json|jsonc|md|html|css|py|yml|yaml|template)$|Dockerfile$/;
// Generated or copied texts, and this list.
const NOT_CHECKED = /\.gen\.ts$|\/migrations\/|pnpm-lock\.yaml$|common-passwords\.|openapi\.json$|words\.test\.ts$/;

const listFiles = (): string[] =>
  globSync(CHECKED, { cwd: ROOT, exclude: ['**/node_modules', '**/dist', '**/coverage', '**/.turbo'] }).filter(
    (file) => TEXT.test(file) && !NOT_CHECKED.test(file),
  );

/** `restDoor` becomes `rest Door`, so that the words of identifiers are found, too. */
const splitIdentifiers = (text: string): string => text.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');

const findingsIn = (file: string, [pattern, instead]: readonly [string, string]): string[] => {
  const word = new RegExp(`\\b(?:${pattern})\\b`, 'i');
  return readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const found = word.exec(splitIdentifiers(line.replaceAll(ALLOWED, '')))?.[0];
      return found === undefined ? [] : [`${file}:${index + 1}: "${found}", write ${instead}`];
    });
};

test('sources and documents use the terms of the field', () => {
  const files = listFiles();
  expect(files.length).toBeGreaterThan(100);
  expect(Object.entries(WORDS).flatMap((word) => files.flatMap((file) => findingsIn(file, word)))).toEqual([]);
});
