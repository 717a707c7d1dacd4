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

const weightOf = (ranges: readonly MediaRange[], type: string, subtype: string): number => {
  for (const media of [`${type}/${subtype}`, `${type}/*`, '*/*']) {
    const weights = ranges.filter((range) => range.media === media).map(({ weight }) => weight);
    if (weights.length > 0) return Math.max(...weights);
  }
  return 0;
};

/**
 * Whether an `Accept` header gives `text/html` a greater weight than JSON; the most specific range decides (RFC 9110,
 * 12.5.1). That is true for the navigation of a browser and false for programs, which send no header or `*` + `/*`. The
 * package negotiator cannot tell: it sorts equal weights by specificity and order, and does not return the weights
 * (decision 14).
 */
export const prefersHtml = (accept = ''): boolean => {
  const ranges = accept.slice(0, MAX_HEADER_LENGTH).toLowerCase().split(',').map(readRange);
  return weightOf(ranges, 'text', 'html') > weightOf(ranges, 'application', 'json');
};
