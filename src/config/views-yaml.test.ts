import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { viewsYaml } from '../reports/views-yaml.ts';
import { parseViewsYaml } from './views-yaml.ts';

const row = (name: string, address: string) => ({ name, address, link: '', savedAt: '' });

it('reads back what is exported', () => {
  const anyName = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(anyName, anyName)), (pairs) => {
      const { views, rejects } = parseViewsYaml(viewsYaml(pairs.map(([a, b]) => row(a, b))), 'v.yaml');
      expect(rejects).toEqual([]);
      expect(views.map(({ name, address }) => [name, address])).toEqual(pairs);
    }),
  );
});

it('keeps what can be used and says where the rest is', () => {
  const text = 'views:\n  - name: 2026\n    address: /runs\n  - name: b\n  - /c\n';
  const { views, rejects } = parseViewsYaml(text, 'v.yaml');
  expect(views).toEqual([{ where: 'v.yaml:2:5', name: '2026', address: '/runs' }]);
  expect(rejects.map(({ where }) => where)).toEqual(['v.yaml:4:5', 'v.yaml:5:5']);
});

test.each([
  ['- a', /^v\.yaml:1:1 {2}this is no list of views/],
  ['views: 3', /no list/],
  ['', /no list/],
  ['views:\n  - {name: a', /^v\.yaml:\d+:\d+ {2}/],
])('%j is refused as a whole', (text, expected) => {
  expect(() => parseViewsYaml(text, 'v.yaml')).toThrow(expected);
});
