import type { DescribedSchema, JsonSchema } from './json-schema.ts';

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

/** A value that fits a schema: its own example where it has one. Optional properties are left out. */
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

/** The property's schema one by one: what an answer of several kinds may say there. */
const valuesOf = (property: JsonSchema, definitions: DescribedSchema['definitions']): unknown[] =>
  (property.anyOf ?? (property.enum ?? []).map((value) => ({ const: value }))).map((schema) =>
    exampleOf({ schema, definitions }),
  );

/** Examples that differ in one property at a time, where that may be null or is one of a few words. */
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
