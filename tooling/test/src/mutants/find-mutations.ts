import { type ESTree, parseSync, Visitor } from 'rolldown/utils';

/** A small change of a source file that the tests should notice. */
export interface Mutation {
  readonly file: string;
  readonly line: number;
  /** The replaced range of the source. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

type Range = Pick<ESTree.Span, 'start' | 'end'>;

const OPERATORS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
};

/** Collects the mutations of a source and the ranges that must not be mutated. */
const collect = (source: string, program: ESTree.Program) => {
  const found: (Range & { after: string })[] = [];
  const excluded: Range[] = [];
  const replace = ({ start, end }: Range, after: string): void => void found.push({ start, end, after });
  const exclude = (node: Range | null): void => void (node !== null && excluded.push(node));
  const replaceOperator = ({ left, operator, right }: { left: Range; operator: string; right: Range }): void => {
    const after = OPERATORS[operator];
    const start = left.end + source.slice(left.end, right.start).indexOf(operator);
    if (after !== undefined) replace({ start, end: start + operator.length }, after);
  };
  const replaceCondition = ({ test }: { test: Range }): void => {
    replace(test, 'true');
    replace(test, 'false');
  };
  new Visitor({
    BinaryExpression: replaceOperator,
    LogicalExpression: replaceOperator,
    IfStatement: replaceCondition,
    ConditionalExpression: replaceCondition,
    UnaryExpression: (node) => {
      if (node.operator === '!') replace({ start: node.start, end: node.argument.start }, '');
    },
    Literal: (node) => {
      if (typeof node.value === 'boolean') replace(node, String(!node.value));
      if (typeof node.value === 'number') replace(node, String(node.value + 1));
    },
    MemberExpression: (node) => {
      const text = source.slice(node.start, node.end);
      if (text === 'Math.max') replace(node, 'Math.min');
      if (text === 'Math.min') replace(node, 'Math.max');
    },
    ExpressionStatement: (node) => {
      if (['AwaitExpression', 'CallExpression'].includes(node.expression.type)) replace(node, ';');
    },
    ThrowStatement: (node) => replace(node, ';'),
    // A loop that does not end would block the whole run.
    ForStatement: ({ test, update }) => [test, update].map(exclude),
    WhileStatement: ({ test }) => exclude(test),
    // Types do not exist at run time.
    TSLiteralType: exclude,
  }).visit(program);
  return { found, excluded };
};

/** All mutations of a TypeScript source: operators, conditions, literals, and statements that are removed. */
export const findMutations = (file: string, source: string): Mutation[] => {
  const { found, excluded } = collect(source, parseSync(file, source).program);
  return found
    .filter(({ start, end }) => !excluded.some((range) => range.start <= start && end <= range.end))
    .map(({ start, end, after }) => ({
      file,
      line: source.slice(0, start).split('\n').length,
      start,
      end,
      before: source.slice(start, end),
      after,
    }));
};
