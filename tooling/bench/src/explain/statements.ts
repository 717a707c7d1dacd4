import { Client } from 'pg';
import { z } from 'zod';

/** A statement as it was sent to PostgreSQL. */
export interface RecordedStatement {
  readonly flow: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const configSchema = z.object({ text: z.string(), values: z.array(z.unknown()).optional() });

/** Records the statements that the driver sends while a flow runs: the service's own ones, not copies of them. */
export const recordStatements = () => {
  const statements = new Map<string, RecordedStatement>();
  const original: unknown = Reflect.get(Client.prototype, 'query');
  if (typeof original !== 'function') throw new Error('pg.Client has no method query');
  let flow = '';
  const recording = new Proxy(original, {
    apply: (target, self, args: unknown[]) => {
      const config = configSchema.safeParse(args[0]);
      const text = config.success ? config.data.text : String(args[0]);
      const values = config.success ? (config.data.values ?? args[1]) : args[1];
      if (!statements.has(text)) statements.set(text, { flow, text, values: Array.isArray(values) ? values : [] });
      const answer: unknown = Reflect.apply(target, self, args);
      return answer;
    },
  });
  Reflect.set(Client.prototype, 'query', recording);
  return {
    during: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      flow = name;
      return work();
    },
    stop: (): RecordedStatement[] => {
      Reflect.set(Client.prototype, 'query', original);
      return [...statements.values()].filter(({ text }) => /^\s*(select|insert|update|delete|with)\b/i.test(text));
    },
  };
};

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const nodeSchema: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
const explainSchema = z.object({
  rows: z.tuple([
    z.object({
      'QUERY PLAN': z.tuple([z.object({ Plan: nodeSchema, 'Execution Time': z.number().optional() })]),
    }),
  ]),
});

const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];

/**
 * Explains how PostgreSQL runs a statement: the indexes it uses, the tables it scans completely, and the time in ms. A plain
 * insert is planned but not run, because its row exists already.
 */
export const explainStatement = async (client: Client, { text, values }: RecordedStatement) => {
  await client.query('begin');
  try {
    const analyze = /^\s*insert\b/i.test(text) ? '' : 'analyze, ';
    const answer = await client.query(`explain (${analyze}format json) ${text}`, [...values]);
    const { Plan, 'Execution Time': milliseconds } = explainSchema.parse(answer).rows[0]['QUERY PLAN'][0];
    const all = nodes(Plan);
    return {
      milliseconds,
      indexes: [...new Set(all.flatMap((node) => node['Index Name'] ?? []))],
      scanned: all.filter((node) => node['Node Type'] === 'Seq Scan').flatMap((node) => node['Relation Name'] ?? []),
    };
  } finally {
    await client.query('rollback');
  }
};
