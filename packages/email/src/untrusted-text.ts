import { isIP } from 'node:net';
import { BROWSER_MAP, OS_MAP, parse } from 'bowser';
import type { Messages } from './messages/messages.ts';

// For a user agent that it does not know, bowser answers with a piece of it. Only names from its own lists are shown.
const browserNames = new Set(Object.values(BROWSER_MAP));
const systemNames = new Set(Object.values(OS_MAP));

const browserOf = (userAgent: string, name: string | undefined): string | undefined => {
  if (userAgent.startsWith('curl/')) return 'curl';
  return name !== undefined && browserNames.has(name) ? name : undefined;
};

/**
 * A user agent in plain words ("Firefox on Windows"), or the word for "unknown". An attacker who uses a stolen token also
 * chooses this header, so none of its own text is returned.
 */
export const nameDevice = (userAgent: string | undefined, messages: Messages): string => {
  if (userAgent === undefined || userAgent === '') return messages.unknown;
  const { browser, os, platform } = parse(userAgent.slice(0, 512));
  const browserName = browserOf(userAgent, browser.name);
  const model = platform.model === 'iPhone' || platform.model === 'iPad' ? platform.model : undefined;
  const system = model ?? (os.name !== undefined && systemNames.has(os.name) ? os.name : undefined);
  return browserName === undefined && system === undefined ? messages.unknown : messages.device(browserName, system);
};

/** An IP address as it is, or the word for "unknown" when the text is not one. */
export const showIpAddress = (ip: string | undefined, messages: Messages): string =>
  ip !== undefined && isIP(ip) !== 0 ? ip : messages.unknown;

const maxNameLength = 20;

/**
 * A username as it may stand in a mail: letters, digits, `_` and `-`, at most 20 of them; undefined when none is left.
 * Registration allows nothing else, but an imported name could be markup, a line break, an override of the writing
 * direction, or text that a mail program turns into a link.
 */
export const sanitizeDisplayName = (username: string | undefined): string | undefined => {
  const letters = [
    ...(username ?? '')
      .slice(0, 1_000)
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N}_-]/gu, ''),
  ];
  if (letters.length === 0) return undefined;
  return letters.length > maxNameLength ? `${letters.slice(0, maxNameLength).join('')}…` : letters.join('');
};
