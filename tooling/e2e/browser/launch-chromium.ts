import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const findChromium = (): string => {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => PROGRAMS.map((program) => join(folder, program)));
  const found = paths.find(isExecutable);
  if (found === undefined) throw new Error(`the browser tests need one of ${PROGRAMS.join(', ')} on the PATH`);
  return found;
};

// Chromium must request nothing but the pages under test.
const FLAGS = ['--disable-gpu', '--disable-quic', '--disable-component-update', '--disable-background-networking'];

/** Starts the installed Chromium without a window. Rejects when the PATH holds none. */
export const launchChromium = (flags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      ...FLAGS,
      '--no-first-run',
      '--disable-sync',
      ...flags,
      // Chromium's sandbox does not work for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
