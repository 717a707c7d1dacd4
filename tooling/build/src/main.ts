import { join, relative } from 'node:path';
import { appFolders } from './build-apps.ts';
import { assembleRelease, releaseFolder } from './assemble-release.ts';
import { buildPackage, publishedPackages } from './build-package.ts';
import { readFolder } from './replace-folder.ts';
import { rebuild } from './ensure-built.ts';
import { listenForStop, repositoryRoot } from './run-command.ts';

const sizeOf = async (folder: string): Promise<string> => {
  const bytes = [...(await readFolder(folder)).values()].reduce((sum, { length }) => sum + length, 0);
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};

const row = async (folder: string, use: string): Promise<string> =>
  `  ${relative(repositoryRoot, folder).padEnd(24)}${(await sizeOf(folder)).padStart(8)}  ${use}`;

/** What the build has made, and how to use each part. */
const summary = async (): Promise<string> => {
  const release = relative(repositoryRoot, releaseFolder);
  const rows = await Promise.all([
    row(releaseFolder, 'API, worker and command line; copy this folder to a server with Node 24'),
    ...appFolders.map(({ folder, use }) => row(folder, use)),
    ...publishedPackages.map((folder) =>
      row(join(folder, 'dist'), 'a package for npm; `npm run pack` makes a tarball'),
    ),
  ]);
  return `
Built:
${rows.join('\n')}

Run:
  node ${release}/main.js migrate   updates the tables; once before each new version
  node ${release}/main.js api       answers calls
  node ${release}/main.js worker    sends mails and cleans up
  node ${release}/main.js doctor    explains what is wrong

README.md, "Running it in production", says which variables they need. \`docker build -t moonlight .\` makes an image of them.`;
};

const main = async (): Promise<void> => {
  const { asked } = listenForStop();
  await Promise.all([rebuild(asked), ...publishedPackages.map(buildPackage)]);
  await assembleRelease(releaseFolder);
  console.log(await summary());
};

// Started by tooling/bootstrap, whose channel would keep this process running.
try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
