import type { Route } from '../route.ts';
import { swapKeysOut } from '../swap-keys.ts';
import { exampleOf } from './example-of.ts';
import type { DescribedSchema } from './json-schema.ts';

/** What is left of an input for the body once the path holds its parameters; undefined where nothing is. */
export const bodySchema = (input: DescribedSchema, parameters: readonly string[]): DescribedSchema | undefined => {
  const isLeft = (name: string) => !parameters.includes(name);
  const properties = Object.entries(input.schema.properties ?? {}).filter(([name]) => isLeft(name));
  if (properties.length === 0) return undefined;
  const required = (input.schema.required ?? []).filter(isLeft);
  const { required: _all, ...schema } = input.schema;
  return {
    schema: { ...schema, properties: Object.fromEntries(properties), ...(required.length === 0 ? {} : { required }) },
    definitions: input.definitions,
  };
};

/** The request body that refers to its schema by name, with an example for each way of filling it. */
export const requestBody = (name: string, { schema, definitions }: DescribedSchema, { bodies }: Route) => {
  const required = schema.required ?? [];
  const examples = Object.entries(bodies ?? { usual: [] }).map(([title, extra]) => {
    const value = exampleOf({ schema: { ...schema, required: [...required, ...extra] }, definitions });
    return [title, { value: swapKeysOut(value) }] as const;
  });
  return {
    required: required.length > 0,
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${name}` },
        examples: Object.fromEntries(examples),
      },
    },
  };
};
