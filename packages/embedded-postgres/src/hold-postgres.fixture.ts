import { startEmbeddedPostgres } from './start-embedded-postgres.ts';

// Run as its own process, which starts PostgreSQL and keeps it running, for tests that kill it.
const postgres = await startEmbeddedPostgres({ dataDir: String(process.argv[2]), port: 0, durable: false });
process.send?.({ url: postgres.url, pid: postgres.pid });
