export { buildApps, type BundledApp, bundleOf } from './build-apps.ts';
export { webServer } from './build-web.ts';
export { ensureBuilt } from './ensure-built.ts';
export { repositoryRoot } from './repository-root.ts';
export { runCommand } from './run-command.ts';
export { listenForStop, type StopRequests } from './stop-requests.ts';
