import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@moonlight/build';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const run = promisify(execFile);
const CHART = join(repositoryRoot, 'deploy', 'helm', 'moonlight');
const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** A Kubernetes object as Helm renders it. */
export type KubernetesObject = z.infer<typeof objectSchema>;

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

/** The objects of a release called `m` with `values`, such as `api.replicas`. Rejects with Helm's explanation. */
export const renderChart = async (values: Readonly<Record<string, string>>): Promise<KubernetesObject[]> => {
  const { stdout } = await run('helm', ['template', 'm', CHART, ...flags(values)]);
  await run('helm', ['lint', CHART, '--strict', ...flags(values)]);
  return parseAllDocuments(stdout).flatMap((document) => {
    const value: unknown = document.toJS();
    return value === null ? [] : [objectSchema.parse(value)];
  });
};

const declaration = ({ apiVersion, kind, ...rest }: KubernetesObject, index: number): string =>
  `import type { I${kind} as T${index} } from 'kubernetes-models/${apiVersion}';
export const object${index}: T${index} = ${JSON.stringify({ apiVersion, kind, ...rest }, null, 1)};\n`;

/**
 * Compares objects with the types of the Kubernetes API: unknown fields, missing ones and wrong types are errors. Resolves
 * with the compiler's messages, empty if there is none.
 */
export const checkObjects = async (objects: readonly KubernetesObject[]): Promise<string> => {
  // Inside of this package, so that the compiler finds the types.
  const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', `rendered-${process.pid}`);
  const file = join(folder, 'objects.ts');
  await mkdir(folder, { recursive: true });
  await writeFile(file, objects.map(declaration).join('\n'));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
  try {
    await run('tsc', [...options, '--ignoreConfig', file]);
    return '';
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  } finally {
    await rm(folder, { recursive: true });
  }
};
