import { join, relative } from 'node:path';
import { appFolders } from './build-apps.ts';
import { buildPackage, publishedPackages } from './build-package.ts';
import { readFolder } from './replace-folder.ts';
import { rebuild } from './ensure-built.ts';
import { listenForStop, repositoryRoot } from './run-command.ts';

const LISTED = 8;

/** Prints the total size of a folder and its largest files. */
const printFolder = async (folder: string): Promise<void> => {
  const files = [...(await readFolder(folder))].map(([name, { length }]) => ({ name, length }));
  const kilobytes = (length: number): string => `${(length / 1000).toFixed(1).padStart(9)} kB`;
  const total = files.reduce((sum, { length }) => sum + length, 0);
  console.log(`${kilobytes(total)}  ${relative(repositoryRoot, folder)} (${files.length} files)`);
  for (const { name, length } of files.toSorted((a, b) => b.length - a.length).slice(0, LISTED))
    console.log(`${kilobytes(length)}    ${name}`);
};

const main = async (): Promise<void> => {
  const { asked } = listenForStop();
  await Promise.all([rebuild(asked), ...publishedPackages.map(buildPackage)]);
  const folders = [...appFolders, ...publishedPackages.map((folder) => join(folder, 'dist'))];
  for (const folder of folders) await printFolder(folder);
};

// Started by tooling/bootstrap, whose channel would keep this process running.
try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
