export { ConfigError } from './config-error.ts';
export { type Config, inspectConfig, loadConfig } from './load-config.ts';
export type { MailSettings } from './mail-settings.ts';
