import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { RenderedMail } from '../render-mail.tsx';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium that is installed on this machine, headless. Rejects when none is on the PATH. */
export const launchChromium = (path: string): Promise<Browser> => {
  const candidates = path.split(delimiter).flatMap((folder) => PROGRAMS.map((program) => join(folder, program)));
  const executablePath = candidates.find((candidate) => existsSync(candidate));
  if (executablePath === undefined) throw new Error(`the screenshots of the mails need one of ${PROGRAMS.join(', ')}`);
  // Chromium's sandbox does not work for root.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: ['--disable-gpu', '--no-first-run', '--disable-sync', ...flags] });
};

/** Light and dark theme, each on a desktop and on a small phone. */
const LOOKS = [
  { look: 'light', colorScheme: 'light', width: 640 },
  { look: 'dark', colorScheme: 'dark', width: 640 },
  { look: 'phone-light', colorScheme: 'light', width: 320 },
  { look: 'phone-dark', colorScheme: 'dark', width: 320 },
] as const;

/**
 * Shows a mail's HTML in every look and saves the screenshots as `<file>-<look>.png`. Answers the rules that the mail
 * breaks: it must send no network request and must not be wider than the page.
 */
export const photographMail = async (page: Page, file: string, html: string): Promise<string[]> => {
  const violations: string[] = [];
  const onRequest = (request: { url: () => string }): void => void violations.push(`requested ${request.url()}`);
  page.on('request', onRequest);
  await page.setContent(html);
  for (const { look, colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 400 });
    const neededWidth = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (neededWidth > width) violations.push(`is ${neededWidth} px wide in ${look}`);
    await page.screenshot({ path: `${file}-${look}.png`, fullPage: true });
  }
  page.off('request', onRequest);
  return violations;
};

/** A rendered mail, and the name that its screenshots begin with. */
interface SheetEntry extends RenderedMail {
  readonly name: string;
}

const sheetStyle = `
  body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; }
  figure { margin: 0 0 32px; } figcaption { margin: 0 0 8px; }
  div { align-items: start; display: flex; gap: 16px; overflow-x: auto; } img { border: 1px solid #8888; height: 480px; }
  pre { flex: 1 0 360px; margin: 0; max-width: 480px; overflow-wrap: anywhere; white-space: pre-wrap; }
`;

const Figure = ({ name, subject, text }: SheetEntry): ReactNode => (
  <figure>
    <figcaption>
      <b>{subject}</b> {name}
    </figcaption>
    <div>
      {LOOKS.map(({ look }) => (
        <img key={look} src={`${name}-${look}.png`} alt={`${name}, ${look}`} />
      ))}
      <pre>{text}</pre>
    </div>
  </figure>
);

/** One page that shows people the screenshots of every given mail beside its plain text. */
export const renderContactSheet = (mails: readonly SheetEntry[], appName: string): string =>
  `<!doctype html>${renderToStaticMarkup(
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="color-scheme" content="light dark" />
        <title>{`All mails of ${appName}`}</title>
        <style>{sheetStyle}</style>
      </head>
      <body>
        <h1>{`All mails of ${appName}`}</h1>
        {mails.map((mail) => (
          <Figure key={mail.name} {...mail} />
        ))}
      </body>
    </html>,
  )}`;
