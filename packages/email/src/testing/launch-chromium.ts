import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

/** The machine's own Chromium, without a window. Rejects when there is none on the PATH. */
export const launchChromium = (path: string): Promise<Browser> => {
  const places = path.split(delimiter).flatMap((folder) => PROGRAMS.map((program) => join(folder, program)));
  const executablePath = places.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error(`the pictures of the mails need one of ${PROGRAMS.join(', ')}`);
  // Root may not use the sandbox.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: ['--disable-gpu', '--no-first-run', '--disable-sync', ...flags] });
};
