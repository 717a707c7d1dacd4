import { z } from 'zod';

/** The part of JSON Schema that zod makes of the contract's schemas; anything else fails the generation. */
interface JsonSchema {
  readonly $ref?: string | undefined;
  readonly $defs?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly const?: string | boolean | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly items?: JsonSchema | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    $defs: z.record(z.string(), jsonSchema).optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    const: z.union([z.string(), z.boolean()]).optional(),
    enum: z.array(z.string()).optional(),
    anyOf: z.array(jsonSchema).optional(),
    items: jsonSchema.optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    required: z.array(z.string()).optional(),
    description: z.string().optional(),
  }),
);

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

const membersOf = ({ properties = {}, required = [] }: JsonSchema): string[] =>
  Object.entries(properties).flatMap(([name, property]) => {
    const comment = property.description === undefined ? [] : [`  /** ${property.description} */`];
    // An explicit undefined is as good as an absent key, also for callers with exactOptionalPropertyTypes.
    const member = required.includes(name)
      ? `${name}: ${textOf(property)}`
      : `${name}?: ${textOf(property)} | undefined`;
    return [...comment, `  ${member};`];
  });

const textOf = (schema: JsonSchema): string => {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.anyOf !== undefined) return schema.anyOf.map(textOf).join(' | ');
  if (schema.enum !== undefined) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.const !== undefined) return typeof schema.const === 'string' ? `'${schema.const}'` : String(schema.const);
  if (schema.items !== undefined) return `${textOf(schema.items)}[]`;
  const scalars = [schema.type ?? []].flat().map((type) => SCALARS[type]);
  if (scalars.length > 0 && !scalars.includes(undefined)) return scalars.join(' | ');
  if (schema.type !== 'object') throw new Error(`no TypeScript for ${JSON.stringify(schema)}`);
  return schema.properties === undefined ? 'Record<string, unknown>' : `{\n${membersOf(schema).join('\n')}\n}`;
};

/**
 * The TypeScript of a zod schema: the text that names it, and the interfaces it needs by name. An object without a name of
 * its own becomes an interface called `name`; one without keys is `undefined`, which is how it is left out.
 */
export const typeText = (
  schema: z.core.$ZodType,
  { io, name }: { io: 'input' | 'output'; name: string },
): { text: string; interfaces: Readonly<Record<string, string>> } => {
  const { $defs = {}, ...root } = jsonSchema.parse(z.toJSONSchema(schema, { io }));
  const interfaces = Object.fromEntries(Object.entries($defs).map(([key, each]) => [key, textOf(each)]));
  if (root.properties === undefined) return { text: textOf(root), interfaces };
  if (Object.keys(root.properties).length === 0) return { text: 'undefined', interfaces };
  return { text: name, interfaces: { ...interfaces, [name]: textOf(root) } };
};
