import { buildServer } from '@moonlight/api';
import { loadConfig } from '@moonlight/config';
import { createLogger, createRuntime, requireDatabaseUrl } from '@moonlight/runtime';
import { serve } from './serve.ts';

const config = loadConfig(process.env);
const log = createLogger(config, 'api');
const runtime = await createRuntime({ config, log, databaseUrl: requireDatabaseUrl(config) });
const { app } = await buildServer({ config, log, ...runtime });
await serve(app);
