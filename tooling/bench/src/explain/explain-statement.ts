import type { Client } from 'pg';
import { z } from 'zod';
import type { RecordedStatement } from './record-statements.ts';

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
 * How PostgreSQL runs a statement: the indexes it uses, the tables it reads from end to end, and the time in ms. A plain
 * insert is planned but not run, as its row is there already.
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
