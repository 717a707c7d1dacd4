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

const decode = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

test('every example of an access token has the header, the claims and the length of signature of an issued one', () => {
  const tokens = JSON.stringify(document).match(/(?<=")eyJ[\w-]*\.[\w-]*\.[\w-]*(?=")/g) ?? [];
  expect(tokens.length).toBeGreaterThan(3);
  for (const token of new Set(tokens)) {
    const [header, claims, signature = ''] = token.split('.');
    expect(decode(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(decode(claims)).toEqual({
      iss: 'https://accounts.example.com',
      aud: 'https://accounts.example.com',
      sub: '019aa0b5-6f00-7000-8000-000000000001',
      sid: expect.stringMatching(/^[\da-f-]{36}$/),
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
      iat: Date.parse('2026-11-20T12:00:00Z') / 1000,
      exp: Date.parse('2026-11-20T12:30:00Z') / 1000,
      type: 'access',
      client_id: 'moonlight',
      email_verified: true,
    });
    expect(Buffer.from(signature, 'base64url')).toHaveLength(64);
  }
});
