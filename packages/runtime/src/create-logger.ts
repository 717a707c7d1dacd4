import { parse, resolve } from 'node:path';
import type { Config } from '@moonlight/config';
import { type Logger, multistream, pino, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';
import { createStream } from 'rotating-file-stream';
import { loggableError } from './loggable-error.ts';

const dailyFile = (file: string): StreamEntry['stream'] => {
  const { dir, base, name, ext } = parse(resolve(file));
  const nameOf = (time: Date | number | null): string =>
    time instanceof Date ? `${name}-${time.toISOString().slice(0, 10)}${ext}` : base;
  return createStream(nameOf, { path: dir, interval: '1d' });
};

/**
 * The process's logger: JSON lines in staging and production, one readable line each at home. LOG_FILE gets JSON lines
 * too, and what was written before midnight (local time) moves to a file with its date. Errors are reduced to what may be logged.
 */
export const createLogger = ({ app, logging }: Config, name: string): Logger => {
  const { level, file } = logging;
  const options = {
    colorize: process.stdout.isTTY,
    ignore: 'pid,hostname,name',
    translateTime: 'SYS:HH:MM:ss',
    sync: true,
  };
  const streams: StreamEntry[] = [{ level: 'trace', stream: app.isDevelopment ? pretty(options) : process.stdout }];
  if (file !== undefined) streams.push({ level: 'trace', stream: dailyFile(file) });
  return pino({ name, level, serializers: { err: loggableError, error: loggableError } }, multistream(streams));
};
