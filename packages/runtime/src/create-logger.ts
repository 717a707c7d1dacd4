import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, parse, resolve } from 'node:path';
import type { Config } from '@moonlight/config';
import { type Logger, multistream, pino, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';
import { createStream } from 'rotating-file-stream';

/**
 * The part of an error that may be logged: class, code, message and stack, down to the first cause. Drizzle's own message
 * contains a statement's parameters, and PostgreSQL's `detail` quotes values. Both may be secrets, so they are left out.
 */
export const loggableError = (error: unknown): Readonly<Record<string, unknown>> => {
  if (!(error instanceof Error)) return { type: typeof error };
  if ('query' in error && 'params' in error && error.cause !== undefined) return loggableError(error.cause);
  return {
    type: error.name,
    ...('code' in error ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: loggableError(error.cause) } : {}),
  };
};

/** Lines contain IP addresses and account ids. New folders and files are closed to other accounts, and an existing file too. */
const keepPrivate = (file: string): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || (found.mode & 0o077) === 0) return;
  try {
    chmodSync(file, 0o600);
  } catch {
    process.emitWarning(`LOG_FILE: other accounts can read ${file}, and this account may not change that.`);
  }
};

const dailyFile = (file: string): StreamEntry['stream'] => {
  keepPrivate(resolve(file));
  const { dir, base, name, ext } = parse(resolve(file));
  const nameOf = (time: Date | number | null): string =>
    time instanceof Date ? `${name}-${time.toISOString().slice(0, 10)}${ext}` : base;
  return createStream(nameOf, { path: dir, interval: '1d', mode: 0o600 });
};

/**
 * The logger of a process. It writes JSON lines in staging and production, readable lines in development. LOG_FILE gets
 * JSON lines in every environment; at midnight (local time) the file is renamed to include its date. Errors are reduced
 * by `loggableError`.
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
