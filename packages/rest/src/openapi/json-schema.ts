import { z } from 'zod';
import { swapCase } from '../swap-case.ts';

/** A JSON Schema (2020-12), which is what OpenAPI 3.1 uses. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A schema with everything it refers to, still in the procedures' spelling. */
export interface DescribedSchema {
  readonly schema: JsonSchema;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const simplify = (schema: JsonSchema): void => {
  // Generators know formats; and an address is trimmed before it is compared with its pattern.
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema['example'] !== undefined) schema.examples = [schema['example']];
  delete schema['example'];
  delete schema.propertyNames;
};

/** Describes what a schema takes (`input`) or gives (`output`). An answer may grow fields without breaking anybody. */
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

/** The same schema in the door's spelling, with its references where OpenAPI keeps them. */
export const inDoorSpelling = (schema: JsonSchema): JsonSchema =>
  // Translating a schema's keywords leaves a schema.
  z.custom<JsonSchema>().parse(JSON.parse(JSON.stringify(schema), translate));
