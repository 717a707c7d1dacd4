import { z } from 'zod';
import { swapCase } from '../spelling.ts';

/** A JSON Schema (2020-12), which is what OpenAPI 3.1 uses. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A schema and the definitions it refers to, in the spelling of the procedures. */
export interface DescribedSchema {
  readonly schema: JsonSchema;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const simplify = (schema: JsonSchema): void => {
  // The format is enough for code generators, and the pattern would refuse an address that zod trims first.
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema['example'] !== undefined) schema.examples = [schema['example']];
  delete schema['example'];
  delete schema.propertyNames;
};

/** The JSON Schema of an input or an output. An output allows additional fields, so that new ones do not break clients. */
export const describeSchema = (schema: z.core.$ZodType, io: 'input' | 'output'): DescribedSchema => {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      simplify(jsonSchema);
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { schema: rest, definitions: $defs ?? {} };
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const translate = (key: string, value: unknown): unknown => {
  if (key === 'properties' && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, property]) => [swapCase(name), property]));
  if (key === 'required' && Array.isArray(value)) return value.map((name) => swapCase(String(name)));
  if (key === '$ref') return String(value).replace('#/$defs/', '#/components/schemas/');
  return value;
};

/** The schema in the spelling of the REST API, with references to the components of the document. */
export const toRestSchema = (schema: JsonSchema): JsonSchema =>
  // Translated keywords still form a schema.
  z.custom<JsonSchema>().parse(JSON.parse(JSON.stringify(schema), translate));

const alternatives = (schema: JsonSchema): readonly unknown[] | undefined => {
  if (schema.const !== undefined) return [schema.const];
  if (schema.examples !== undefined) return schema.examples;
  return schema.enum;
};

const ofProperties = (schema: JsonSchema, definitions: DescribedSchema['definitions']): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([name]) => schema.required?.includes(name) ?? false)
      .map(([name, property]) => [
        name,
        typeof property === 'boolean' ? null : exampleOf({ schema: property, definitions }),
      ]),
  );

/** A value that matches a schema: its own example if it has one. Optional properties are omitted. */
export const exampleOf = ({ schema, definitions }: DescribedSchema): unknown => {
  const target = schema.$ref === undefined ? undefined : definitions[schema.$ref.replace('#/$defs/', '')];
  if (target !== undefined) return exampleOf({ schema: target, definitions });
  const known = alternatives(schema);
  if (known !== undefined) return known[0];
  const [first] = schema.anyOf ?? [];
  if (first !== undefined) return exampleOf({ schema: first, definitions });
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return ofProperties(schema, definitions);
    case 'array':
      return schema.items === undefined || typeof schema.items === 'boolean' || Array.isArray(schema.items)
        ? []
        : [exampleOf({ schema: schema.items, definitions })];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'string':
      return 'text';
    default:
      return null;
  }
};

/** An example of each alternative of a property. */
const valuesOf = (property: JsonSchema, definitions: DescribedSchema['definitions']): unknown[] =>
  (property.anyOf ?? (property.enum ?? []).map((value) => ({ const: value }))).map((schema) =>
    exampleOf({ schema, definitions }),
  );

/** Examples of an output, one for each alternative of each property that has several (such as null, or an enum). */
export const examplesOf = ({ schema, definitions }: DescribedSchema): unknown[] => {
  const example = exampleOf({ schema, definitions });
  const isFlat = schema.type === 'object' && typeof example === 'object' && example !== null;
  if (!isFlat) return [example];
  const others = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    typeof property === 'boolean'
      ? []
      : valuesOf(property, definitions).map((value) => ({ ...example, [name]: value })),
  );
  return others.length === 0 ? [example] : others;
};
