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

// Nothing but the pages under test shall be requested, and root may not use the sandbox.
const FLAGS = ['--disable-gpu', '--disable-quic', '--disable-component-update', '--disable-background-networking'];

/** The machine's own Chromium, without a window. */
export const launchChromium = (flags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      ...FLAGS,
      '--no-first-run',
      '--disable-sync',
      ...flags,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
