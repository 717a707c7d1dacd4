import { expect, test } from 'vitest';
import { findMutations } from './find-mutations.ts';

const mutantsOf = (source: string): string[] =>
  findMutations('a.ts', source).map(({ start, end, after }) => source.slice(0, start) + after + source.slice(end));

test.each([
  ['const a = b === c;', ['const a = b !== c;']],
  ['const a = b < 5;', ['const a = b <= 5;', 'const a = b < 6;']],
  ['const a = b ?? c;', ['const a = b && c;']],
  ['const a = !b;', ['const a = b;']],
  ['const a = { b: true };', ['const a = { b: false };']],
  ['const a = b ? c : d;', ['const a = true ? c : d;', 'const a = false ? c : d;']],
  ['if (a) throw b;', ['if (true) throw b;', 'if (false) throw b;', 'if (a) ;']],
  ['await a(b);', [';']],
  ['const a = Math.max(b, c);', ['const a = Math.min(b, c);']],
])('the mutants of %s', (source, mutants) => {
  expect(mutantsOf(source).toSorted()).toEqual(mutants.toSorted());
});

test.each([
  "import { a } from 'b';",
  'type A = 5 | true;',
  'const a = b instanceof C;',
  'for (const a of b) {}',
  'for (let a = b; a < 5; a += 1) {}',
  'while (a < 5) {}',
])('%s is not mutated', (source) => {
  expect(mutantsOf(source)).toEqual([]);
});

test('a mutation names its line and its text', () => {
  expect(findMutations('a.ts', 'const a = b;\n\nconst c = a && 北京;\n')).toEqual([
    { file: 'a.ts', line: 3, start: 26, end: 28, before: '&&', after: '||' },
  ]);
});
