/** The values of each label of each metric; a metric has its name in the exposition, such as `x_seconds_bucket`. */
export type Exposed = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

const LABEL = /(?<name>\w+)(?<operator>=~|!~|!=|=)"(?<value>[^"]*)"/g;

const labelsIn = (text: string) =>
  [...text.matchAll(LABEL)].map(({ groups }) => ({ name: '', operator: '', value: '', ...groups }));

// Prometheus adds them to every series that it scrapes.
const ADDED: Readonly<Record<string, readonly string[]>> = { job: ['moonlight-api', 'moonlight-worker'], instance: [] };

/** Reads pages in the text format of Prometheus, and adds what Prometheus itself adds. */
export const readPages = (pages: readonly string[]): Exposed => {
  const exposed = new Map<string, Map<string, Set<string>>>([['up', new Map()]]);
  for (const line of pages.join('\n').split('\n')) {
    const [, metric = '', labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (metric === '') continue;
    const known = exposed.get(metric) ?? new Map<string, Set<string>>();
    exposed.set(metric, known);
    for (const { name, value } of labelsIn(labels)) known.set(name, (known.get(name) ?? new Set()).add(value));
  }
  for (const known of exposed.values())
    for (const [name, values] of Object.entries(ADDED)) known.set(name, new Set(values));
  return exposed;
};

const GROUPING = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g;
const WORDS = /[a-z_]\w*/gi;
const OPERATORS = new Set(['and', 'or', 'unless', 'bool']);

/**
 * What an expression of PromQL needs that no series has: metrics, labels, and values that it compares with `=`. Labels of a
 * grouping must be labels of one of its metrics.
 */
export const missingIn = (expression: string, exposed: Exposed): string[] => {
  const missing: string[] = [];
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(GROUPING, '')
    .replaceAll(/\b\w+\s*\(/g, '(');
  const metrics = (bare.match(WORDS) ?? []).filter((word) => !OPERATORS.has(word));
  if (metrics.length === 0) missing.push('a metric');
  for (const metric of metrics) if (!exposed.has(metric)) missing.push(metric);
  for (const [, metric = '', matchers = ''] of expression.matchAll(/(\w+)\{([^}]*)\}/g))
    for (const { name, operator, value } of labelsIn(matchers)) {
      const values = exposed.get(metric)?.get(name);
      if (values === undefined) missing.push(`${metric}{${name}}`);
      else if (operator === '=' && !values.has(value)) missing.push(`${metric}{${name}="${value}"}`);
    }
  for (const [, labels = ''] of expression.matchAll(GROUPING))
    for (const label of labels.match(WORDS) ?? [])
      if (!metrics.some((metric) => exposed.get(metric)?.has(label))) missing.push(`by (${label})`);
  return missing;
};
