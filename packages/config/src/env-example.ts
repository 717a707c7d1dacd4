import type { z } from 'zod';
import { variableGroups } from './env.ts';

const HEADER = `# The settings of Moonlight. Copy this file to .env, which \`npm start\` reads, and remove the # of the lines you change.
# The values are the defaults. \`npm run generate\` writes this file from packages/config/src/env.ts and limits.ts.
`;

/** The default of a variable as text; empty if it is an empty list, if there is none, or if it depends on other variables. */
export const defaultOf = (schema: z.ZodType): string => {
  const value: unknown = schema.parse(undefined);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

const renderVariable = ([name, schema]: [string, z.ZodType]): string => {
  if (schema.description === undefined) throw new Error(`${name} has no description`);
  return `# ${schema.description}\n#${name}=${defaultOf(schema)}\n`;
};

const renderGroup = ([title, variables]: [string, Readonly<Record<string, z.ZodType>>]): string =>
  [`# --- ${title} ---\n`, ...Object.entries(variables).map(renderVariable)].join('\n');

/** The text of `.env.example`: every variable, commented out, with its description and its default. */
export const renderEnvExample = (): string => [HEADER, ...Object.entries(variableGroups).map(renderGroup)].join('\n');
