import type { Page } from 'playwright-core';

/** How mails are read: by day and by night, at a desk and on a small phone. */
export const LOOKS = [
  { look: 'light', colorScheme: 'light', width: 640 },
  { look: 'dark', colorScheme: 'dark', width: 640 },
  { look: 'phone-light', colorScheme: 'light', width: 320 },
  { look: 'phone-dark', colorScheme: 'dark', width: 320 },
] as const;

/**
 * Shows a mail's HTML in every look and takes pictures of it, `<file>-<look>.png`. Answers what no mail may do, and this
 * one did: ask anybody for anything, or be wider than the page.
 */
export const photographMail = async (page: Page, file: string, html: string): Promise<string[]> => {
  const complaints: string[] = [];
  const complain = (request: { url: () => string }): void => void complaints.push(`asked for ${request.url()}`);
  page.on('request', complain);
  await page.setContent(html);
  for (const { look, colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 400 });
    const needed = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (needed > width) complaints.push(`is ${needed} px wide in ${look}`);
    await page.screenshot({ path: `${file}-${look}.png`, fullPage: true });
  }
  page.off('request', complain);
  return complaints;
};
