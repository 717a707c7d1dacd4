export { assembleRelease } from './assemble-release.ts';
export { bundleOf, type ServiceApp, viteServer, webServer } from './build-apps.ts';
export { ensureBuilt } from './ensure-built.ts';
export { captureCommand, listenForStop, repositoryRoot, runCommand, type StopRequests } from './run-command.ts';
export { type AppWatcher, watchApps } from './watch-apps.ts';
