import { isIP } from 'node:net';
import { readDevice } from '@moonlight/auth';
import type { Messages } from './messages/messages.ts';

/** The device of a User-Agent in plain words ("Firefox on Windows"), or the word for "unknown". */
export const nameDevice = (userAgent: string | undefined, messages: Messages): string => {
  const { browser, system } = readDevice(userAgent);
  return browser === null && system === null ? messages.unknown : messages.device(browser, system);
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
