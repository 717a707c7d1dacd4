import { errorCatalogue } from '@moonlight/contracts';
import { appRouter, type ProcedureDefinition, readProcedures } from '@moonlight/trpc';
import { z } from 'zod';
import { typeText } from './type-text.ts';

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const procedureText = (path: string, { type, input, output }: ProcedureDefinition) => {
  const name = path.split('.').map(capitalised).join('');
  const given = typeText(input, { io: 'input', name: `${name}Input` });
  const answer = typeText(output, { io: 'output', name: `${name}Output` });
  const isOptional = z.safeParse(input, undefined).success;
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

const protectedText = (procedures: ReadonlyMap<string, ProcedureDefinition>): string => {
  const paths = [...procedures].filter(([, { authentication }]) => authentication === 'required').map(([path]) => path);
  return `/** The procedures that need a session. */
export const protectedProcedures: ReadonlySet<string> = new Set([
${paths.map((path) => `  '${path}',`).join('\n')}
]);
`;
};

/** The text of \`src/api.gen.ts\`: every procedure, every shape and every error code as plain TypeScript. */
export const apiText = (procedures: ReadonlyMap<string, ProcedureDefinition> = readProcedures(appRouter)): string => {
  const interfaces = new Map<string, string>();
  const namespaces = new Map<string, string[]>();
  for (const [path, procedure] of procedures) {
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
    protectedText(procedures),
    errorsText(),
  ].join('\n');
};
