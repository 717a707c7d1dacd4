// Loaded into every process of `npm start`. When the supervisor is killed, it cannot stop its processes; they notice
// because the IPC channel closes.
const STOP_TIMEOUT_MS = 20_000;

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
});
// The channel alone must not keep the process running.
process.channel?.unref();
