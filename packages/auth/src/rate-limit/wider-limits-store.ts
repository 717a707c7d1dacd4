import type { BackoffRule, LimitRule, LimitsStore } from './limits-store.ts';

const widerOf = (rule: LimitRule | BackoffRule): LimitRule[] =>
  'wider' in rule && rule.wider !== undefined ? [rule.wider] : [];

const withWider = <Rule extends LimitRule | BackoffRule>(rules: readonly Rule[]): (Rule | LimitRule)[] =>
  rules.flatMap((rule) => [rule, ...widerOf(rule)]);

/** A store that counts a rule together with its wider one: in one round trip, both or none, and the longer wait counts. */
export const widerLimitsStore = (store: LimitsStore): LimitsStore => ({
  ...store,
  peek: async (rules, on) => {
    const waits = await store.peek(withWider(rules), on);
    let next = 0;
    return rules.map((rule) => {
      const own = waits.slice(next, next + 1 + widerOf(rule).length);
      next += own.length;
      return Math.max(0, ...own);
    });
  },
  consume: (rules, on) => store.consume(withWider(rules), on),
});
