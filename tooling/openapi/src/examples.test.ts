import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const escape = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

const follow = (value: unknown): unknown => {
  if (!isObject(value) || typeof value['$ref'] !== 'string') return value;
  const names = value['$ref'].replace('#/', '').split('/');
  return follow(names.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), document));
};

/** Every object with a schema and at least one example, with its examples. */
const describedValues = (value: unknown, path: readonly string[] = []): { at: string; examples: unknown[] }[] => {
  if (!isObject(value)) return [];
  const below = Object.entries(value).flatMap(([name, item]) => describedValues(item, [...path, name]));
  if (!isObject(value['schema'])) return below;
  const named = isObject(value['examples']) ? Object.values(value['examples']) : [];
  const examples = [
    ...named.map((each) => Object(follow(each)).value),
    ...('example' in value ? [value['example']] : []),
  ];
  return examples.length === 0 ? below : [...below, { at: path.map(escape).join('/'), examples }];
};

test('every example of a request, a parameter, a header and an answer matches its schema', () => {
  const described = describedValues(document);
  expect(described.length).toBeGreaterThan(100);
  const problems = described.flatMap(({ at, examples }) =>
    examples.flatMap((example) =>
      ajv.validate({ $ref: `openapi#/${at}/schema` }, example) ? [] : [`${at}: ${ajv.errorsText()}`],
    ),
  );
  expect(problems).toEqual([]);
});
