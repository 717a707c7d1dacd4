// An older Node cannot import TypeScript, so the server is imported only after this check.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`Moonlight needs Node 24 or newer, but this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  await import('./main.ts');
}
