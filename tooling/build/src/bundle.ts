import { join } from 'node:path';
import { build, type InputOptions } from 'rolldown';
import { type Files, readFolder } from './replace-folder.ts';

/** What to bundle and how. */
interface BundleOptions extends Pick<InputOptions, 'cwd' | 'external' | 'platform' | 'plugins' | 'transform'> {
  /** Source files by the name of the file that is made of them, without its extension. */
  readonly entries: Readonly<Record<string, string>>;
  /** Folders that are copied beside the bundle, by their name there. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Whether shared and lazily loaded code gets separate files. */
  readonly codeSplitting: boolean;
}

/** Bundles sources into ES modules, in memory. Rejects with the bundler's error. */
export const bundle = async ({ entries, folders = {}, codeSplitting, ...options }: BundleOptions): Promise<Files> => {
  const { output } = await build({
    ...options,
    input: { ...entries },
    logLevel: 'warn',
    checks: { bundlerTimings: false },
    write: false,
    output: { format: 'esm', codeSplitting },
  });
  const copied = Object.entries(folders).map(async ([name, folder]) =>
    [...(await readFolder(folder))].map(([file, content]): [string, Buffer] => [join(name, file), content]),
  );
  const made = output.map((file): [string, Buffer] => [
    file.fileName,
    Buffer.from(file.type === 'chunk' ? file.code : file.source),
  ]);
  return new Map([...made, ...(await Promise.all(copied)).flat()]);
};
