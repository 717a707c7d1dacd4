// `npm start` and the other commands of package.json run this file on the shell's Node before any package is installed. It must parse
// on Nodes that are older than the required one, so that they print the sentence below.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Moonlight needs Node 20.19 or newer to start, and this is ${process.versions.node}: https://nodejs.org`,
  );
  process.exitCode = 1;
} else {
  import('./src/hand-over.mjs')
    .then(({ run }) => run(process.argv.slice(2)))
    .catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
}
