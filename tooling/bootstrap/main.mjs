// npm start and npm test begin here, on whatever Node the shell has and with nothing installed: nothing in this file may
// need a newer one than it asks for, or a package.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Moonlight needs Node 20.19 or newer to start, and this is ${process.versions.node}: https://nodejs.org`,
  );
  process.exitCode = 1;
} else {
  import('./src/run.mjs')
    .then(({ run }) => run(process.argv[2]))
    .catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
}
