export { limitVariables } from './limits.ts';
export { type Config, ConfigError, loadConfig } from './load-config.ts';
export type { MailSettings } from './mail-settings.ts';
