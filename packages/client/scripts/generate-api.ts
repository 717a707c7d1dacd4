import { writeFileSync } from 'node:fs';
import { errorCatalogue } from '@moonlight/contracts';
import { appRouter, type ProcedureDefinition, readProcedures } from '@moonlight/trpc';
import { z } from 'zod';

/** The part of JSON Schema that zod generates for the contract's schemas. Any other schema makes the generation fail. */
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
    // With exactOptionalPropertyTypes, callers may pass undefined for an optional key only if its type says so.
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

interface TypeText {
  /** A type or a signature. */
  readonly text: string;
  /** The interfaces that `text` refers to, by name. */
  readonly interfaces: Readonly<Record<string, string>>;
}

/** An object without an id of its own becomes an interface called `name`. An object without keys is `undefined`: callers omit it. */
const typeText = (schema: z.core.$ZodType, { io, name }: { io: 'input' | 'output'; name: string }): TypeText => {
  const { $defs = {}, ...root } = jsonSchema.parse(z.toJSONSchema(schema, { io }));
  const interfaces = Object.fromEntries(Object.entries($defs).map(([key, each]) => [key, textOf(each)]));
  if (root.properties === undefined) return { text: textOf(root), interfaces };
  if (Object.keys(root.properties).length === 0) return { text: 'undefined', interfaces };
  return { text: name, interfaces: { ...interfaces, [name]: textOf(root) } };
};

type Procedures = ReadonlyMap<string, ProcedureDefinition>;

const capitalized = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const procedureText = (path: string, { type, input, output }: ProcedureDefinition): TypeText => {
  const name = path.split('.').map(capitalized).join('');
  const argument = typeText(input, { io: 'input', name: `${name}Input` });
  const answer = typeText(output, { io: 'output', name: `${name}Output` });
  const isOptional = z.safeParse(input, undefined).success;
  const method = type === 'query' ? 'query' : 'mutate';
  return {
    text: `${method}(input${isOptional ? '?' : ''}: ${argument.text}, options?: CallOptions): Promise<${answer.text}>`,
    interfaces: { ...argument.interfaces, ...answer.interfaces },
  };
};

const HEADER = `// Generated from the service's router and schemas by \`npm run generate\`. Do not edit.
`;

const CALL_OPTIONS = `/** Options of a single call. */
export interface CallOptions {
  /** Aborts the call: its promise rejects. The service may carry out the call nevertheless. */
  signal?: AbortSignal | undefined;
}
`;

const errorsText = (): string => {
  const entries = Object.entries(errorCatalogue);
  const union = entries.map(([code, { status, message }]) => `  /** ${status}: ${message.en} */\n  | '${code}'`);
  const statuses = entries.map(([code, { status }]) => `  ${code}: ${status},`);
  return `/** The codes of all refusals. A code never changes; the message that comes with it may. */
export type ErrorCode =
${union.join('\n')};

/** The HTTP status of each code. */
export const errorStatuses: Readonly<Record<ErrorCode, number>> = {
${statuses.join('\n')}
};
`;
};

/** The text of `src/api.gen.ts`: all procedures, types and error codes of the service as plain TypeScript. */
export const generateApi = (procedures: Procedures): string => {
  const interfaces = new Map<string, string>();
  const namespaces = new Map<string, string[]>();
  for (const [path, procedure] of procedures) {
    const [namespace = '', name = ''] = path.split('.');
    const signature = procedureText(path, procedure);
    for (const [key, text] of Object.entries(signature.interfaces)) interfaces.set(key, text);
    const members = namespaces.get(namespace) ?? [];
    namespaces.set(namespace, [...members, `    readonly ${name}: {\n      ${signature.text};\n    };`]);
  }
  const shapes = [...interfaces].map(([name, text]) => `export interface ${name} ${text}\n`);
  const api = [...namespaces].map(([name, members]) => `  readonly ${name}: {\n${members.join('\n')}\n  };`);
  return [
    HEADER,
    CALL_OPTIONS,
    ...shapes,
    `/** The procedures of the service. */\nexport interface MoonlightApi {\n${api.join('\n')}\n}\n`,
    errorsText(),
  ].join('\n');
};

/**
 * The text of `src/protected-procedures.gen.ts`. It is a file of its own because everything in `api.gen.ts` is exported
 * from the package.
 */
export const generateProtectedProcedures = (procedures: Procedures): string => {
  const paths = [...procedures].filter(([, { authentication }]) => authentication === 'required').map(([path]) => path);
  return `${HEADER}
/** The procedures that need a session. */
export const protectedProcedures: ReadonlySet<string> = new Set([
${paths.map((path) => `  '${path}',`).join('\n')}
]);
`;
};

if (import.meta.main) {
  const procedures = readProcedures(appRouter);
  const source = new URL('../src/', import.meta.url);
  writeFileSync(new URL('api.gen.ts', source), generateApi(procedures));
  writeFileSync(new URL('protected-procedures.gen.ts', source), generateProtectedProcedures(procedures));
}
