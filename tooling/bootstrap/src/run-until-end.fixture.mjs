import { runUntilEnd } from './run-until-end.mjs';

// The second half of the bootstrap, for tests that need no installation in front of it.
process.exitCode = await runUntilEnd(process.execPath, 'start');
