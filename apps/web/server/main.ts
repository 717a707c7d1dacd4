import { readSettings, startWebServer } from './web-server.ts';

try {
  const settings = readSettings(process.env);
  const { port, close } = await startWebServer(settings);
  console.log(`web listens on http://${settings.host}:${port} and talks to ${settings.publicUrl}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
