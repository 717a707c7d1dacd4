/// <reference path="./pino-roll.d.ts" />
import type { Config } from '@moonlight/config';
import { type Logger, multistream, pino, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';
import roll from 'pino-roll';
import { loggableError } from './loggable-error.ts';

/**
 * The process's logger: JSON lines in staging and production, one readable line each at home. LOG_FILE gets JSON lines
 * too, in a file a day. Errors are reduced to what may be logged.
 */
export const createLogger = async ({ app, logging }: Config, name: string): Promise<Logger> => {
  const { level } = logging;
  const readable = () => pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname,name', translateTime: 'SYS:HH:MM:ss', sync: true });
  const streams: StreamEntry<string>[] = [{ level: 'trace', stream: app.isHome ? readable() : process.stdout }];
  if (logging.file !== undefined)
    streams.push({ level: 'trace', stream: await roll({ file: logging.file, frequency: 'daily', mkdir: true }) });
  return pino({ name, level, serializers: { err: loggableError, error: loggableError } }, multistream(streams));
};
