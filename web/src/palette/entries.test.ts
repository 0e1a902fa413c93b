import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { type Entry, fitting, grouped } from './entries.ts';

const entry = (name: string, group = 'Pages', detail: string | null = null): Entry => ({
  id: `${group}/${name}`,
  group,
  name,
  detail,
  run: () => {},
});
const ALL = [
  entry('Budgets', 'Pages', 'g b'),
  entry('What if'),
  entry('Scale answer-llm-staging to zero', 'Levers'),
  entry('Window: last 7 days', 'Commands'),
  entry('Window: last 30 days', 'Commands'),
];

test.each([
  [
    '',
    ['Budgets', 'What if', 'Scale answer-llm-staging to zero', 'Window: last 7 days', 'Window: last 30 days'],
  ],
  ['bud', ['Budgets']],
  ['if', ['What if']],
  ['llm stag', ['Scale answer-llm-staging to zero']],
  ['last 30', ['Window: last 30 days']],
  ['window', ['Window: last 7 days', 'Window: last 30 days']],
  ['levers zero', ['Scale answer-llm-staging to zero']],
  ['cale', ['Scale answer-llm-staging to zero']],
  ['nothing', []],
])('%s', (typed, names) => expect(fitting(ALL, typed).map(({ name }) => name)).toEqual(names));

it('puts what begins with the text first, and loses and doubles nothing', () => {
  const names = ['a search', 'search', 'research'];
  expect(
    fitting(
      names.map((name) => entry(name)),
      'search',
    ).map(({ name }) => name),
  ).toEqual(['search', 'a search', 'research']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (groups) => {
      const entries = groups.map((group, index) => entry(String(index), group));
      expect(grouped(entries).flatMap(([, of]) => of)).toHaveLength(entries.length);
    }),
  );
});
