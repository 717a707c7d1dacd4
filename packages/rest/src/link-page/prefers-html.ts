interface MediaRange {
  readonly media: string;
  readonly weight: number;
}

const LONGEST_HEADER = 1024;

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
 * Whether an `Accept` header wants a page rather than JSON: `text/html` by a greater weight, the most specific range
 * deciding (RFC 9110, 12.5.1). Browsers do when they navigate; programs, which send nothing or `*` + `/*`, do not.
 */
export const prefersHtml = (accept = ''): boolean => {
  const ranges = accept.slice(0, LONGEST_HEADER).toLowerCase().split(',').map(readRange);
  return weightOf(ranges, 'text', 'html') > weightOf(ranges, 'application', 'json');
};
