export { type BundledApp, bundleOf, webServer } from './build-apps.ts';
export { ensureBuilt } from './ensure-built.ts';
export { captureCommand, listenForStop, repositoryRoot, runCommand, type StopRequests } from './run-command.ts';
