// Loaded into every process `npm start` runs. The one who started it may be killed without a chance to stop anybody;
// the end of their common channel is how the others notice.
const PATIENCE_MS = 20_000;

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
});
// The channel alone is no reason to stay.
process.channel?.unref();
