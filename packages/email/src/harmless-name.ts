const longest = 20;

/**
 * A username as it may stand in a mail: letters, digits, `_` and `-`, at most 20 of them. Registration lets nothing else
 * in, but an imported name could be markup, a line break, an override of the writing direction, or something a mail
 * program turns into a link.
 */
export const harmlessName = (username: string | undefined): string | undefined => {
  const letters = [
    ...(username ?? '')
      .slice(0, 1_000)
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N}_-]/gu, ''),
  ];
  if (letters.length === 0) return undefined;
  return letters.length > longest ? `${letters.slice(0, longest).join('')}…` : letters.join('');
};
