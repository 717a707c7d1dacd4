import { errorCatalogue } from '@moonlight/contracts';
import { appRouter } from '@moonlight/trpc';
import { z } from 'zod';
import { typeText } from './type-text.ts';

const isSchema = (value: unknown): value is z.ZodType => value instanceof z.ZodType;

const procedureSchema = z.custom<{ readonly _def: unknown }>((value) => typeof value === 'function' && '_def' in value);
const definitionSchema = z.object({
  type: z.enum(['query', 'mutation']),
  inputs: z.tuple([z.custom<z.ZodType>(isSchema)]),
  output: z.custom<z.ZodType>(isSchema),
});

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const procedureText = (path: string, procedure: unknown) => {
  const { type, inputs, output } = definitionSchema.parse(procedureSchema.parse(procedure)._def);
  const name = path.split('.').map(capitalised).join('');
  const given = typeText(inputs[0], { io: 'input', name: `${name}Input` });
  const answer = typeText(output, { io: 'output', name: `${name}Output` });
  const isOptional = inputs[0].safeParse(undefined).success;
  const method = type === 'query' ? 'query' : 'mutate';
  return {
    signature: `${method}(input${isOptional ? '?' : ''}: ${given.text}, options?: CallOptions): Promise<${answer.text}>`,
    interfaces: { ...given.interfaces, ...answer.interfaces },
  };
};

const HEADER = `// Made of the service's own router and schemas by \`npm run generate\`. Do not edit.

/** What a single call may be told. */
export interface CallOptions {
  /** Gives the call up: its promise rejects. What the service was asked to do may be done all the same. */
  signal?: AbortSignal | undefined;
}
`;

const errorsText = (): string => {
  const entries = Object.entries(errorCatalogue);
  const union = entries.map(([code, { status, message }]) => `  /** ${status}: ${message.en} */\n  | '${code}'`);
  const statuses = entries.map(([code, { status }]) => `  ${code}: ${status},`);
  return `/** Every refusal the service knows. The codes never change; the sentences that come with them may. */
export type ErrorCode =
${union.join('\n')};

/** The HTTP status of each code. */
export const errorStatuses: Readonly<Record<ErrorCode, number>> = {
${statuses.join('\n')}
};
`;
};

/** The text of \`src/api.gen.ts\`: every procedure, every shape and every error code as plain TypeScript. */
export const apiText = (): string => {
  const interfaces = new Map<string, string>();
  const namespaces = new Map<string, string[]>();
  for (const [path, procedure] of Object.entries(appRouter._def.procedures)) {
    const [namespace = '', name = ''] = path.split('.');
    const made = procedureText(path, procedure);
    for (const [key, text] of Object.entries(made.interfaces)) interfaces.set(key, text);
    const members = namespaces.get(namespace) ?? [];
    namespaces.set(namespace, [...members, `    readonly ${name}: {\n      ${made.signature};\n    };`]);
  }
  const shapes = [...interfaces].map(([name, text]) => `export interface ${name} ${text}\n`);
  const api = [...namespaces].map(([name, members]) => `  readonly ${name}: {\n${members.join('\n')}\n  };`);
  return [
    HEADER,
    ...shapes,
    `/** The service's procedures. */\nexport interface MoonlightApi {\n${api.join('\n')}\n}\n`,
    errorsText(),
  ].join('\n');
};
