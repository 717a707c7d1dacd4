import { Client } from 'pg';
import { z } from 'zod';

/** A statement as it went to PostgreSQL. */
export interface RecordedStatement {
  readonly flow: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const configSchema = z.object({ text: z.string(), values: z.array(z.unknown()).optional() });

/** Records what the driver sends while a flow runs: the statements are the service's own, not copies of them. */
export const recordStatements = () => {
  const statements = new Map<string, RecordedStatement>();
  const original: unknown = Reflect.get(Client.prototype, 'query');
  if (typeof original !== 'function') throw new Error('the driver has no query to record');
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
