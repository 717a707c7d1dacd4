import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { defaultOf, renderEnvExample } from './env-example.ts';
import { envSchema, variableGroups } from './env.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

const variables = Object.keys(envSchema.shape);

test('.env.example is up to date (run `npm run generate`)', () => {
  expect(read('.env.example')).toBe(renderEnvExample());
});

test('every variable of the schema is in exactly one group', () => {
  expect(Object.values(variableGroups).flatMap((group) => Object.keys(group))).toEqual(variables);
});

test('every variable has a sentence', () => {
  for (const { description } of Object.values(envSchema.shape)) expect(description).toMatch(/^[A-Za-z].+\.$/);
});

test('without the comment signs, .env.example sets every variable to its default', () => {
  const example = parseEnv(read('.env.example').replaceAll(/^#(?=[A-Z])/gm, ''));
  expect(Object.keys(example).toSorted()).toEqual(variables.toSorted());
  const filled = Object.fromEntries(Object.entries(example).filter(([, value]) => value !== ''));
  expect(envSchema.parse(filled)).toEqual(envSchema.parse({}));
});

/** The rows of README's tables that begin with variables: their names and their default values. */
const readmeRows = read('README.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, names]) => /^[A-Z][A-Z0-9_]+\b/.test(names ?? ''))
  .map(([, names = '', values = '', note = '']) => ({ names: names.split(' / '), values: values.split(' / '), note }));

test("README's tables name every variable of the schema and no other", () => {
  const inFirstColumn = readmeRows.flatMap(({ names }) => names);
  expect(inFirstColumn.filter((name) => !variables.includes(name))).toEqual([]);
  expect(new Set(inFirstColumn).size).toBe(inFirstColumn.length);
  const inNotes = readmeRows.flatMap(({ note }) => note.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []);
  expect(inNotes.filter((name) => !variables.includes(name))).toEqual([]);
  expect(variables.filter((name) => !inFirstColumn.includes(name) && !inNotes.includes(name))).toEqual([]);
});

test("README's tables show the defaults of the schema", () => {
  const shown = readmeRows.flatMap(({ names, values }) => names.map((name, index) => [name, values[index]]));
  const fixed = Object.entries(envSchema.shape)
    .map(([name, schema]) => [name, defaultOf(schema)])
    .filter(([, value]) => value !== '');
  expect(Object.fromEntries(shown)).toMatchObject(Object.fromEntries(fixed));
});
