interface MediaRange {
  readonly media: string;
  readonly weight: number;
}

const MAX_HEADER_LENGTH = 1024;

const readRange = (part: string): MediaRange => {
  const [media = '', ...parameters] = part.split(';').map((piece) => piece.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return { media, weight: weight >= 0 && weight <= 1 ? weight : 0 };
};

const weightOf = (ranges: readonly MediaRange[], media: string): number =>
  Math.max(0, ...ranges.filter((range) => range.media === media).map(({ weight }) => weight));

/**
 * Whether an `Accept` header names `text/html` and does not give JSON a greater weight (RFC 9110, 12.5.1). Wildcards name
 * neither. That is true for the navigation of a browser, and for `text/html` with `*` + `/*`; it is false for programs, which
 * send no header or only `*` + `/*`. The package negotiator cannot tell, because it does not return the weights (decision 14).
 */
export const prefersHtml = (accept = ''): boolean => {
  const ranges = accept.slice(0, MAX_HEADER_LENGTH).toLowerCase().split(',').map(readRange);
  const html = weightOf(ranges, 'text/html');
  return html > 0 && html >= weightOf(ranges, 'application/json');
};
