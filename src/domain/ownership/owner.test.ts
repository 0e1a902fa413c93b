import { expect, test } from 'vitest';
import { resolveOwner } from './owner.ts';

const rules = {
  team: ['label:team', 'namespace', 'tag:Team'],
  model: ['label:model'],
  'cost-centre': ['tag:cost-centre'],
};

test.each([
  { attributes: { 'label:team': 'search', namespace: 'ns' }, expected: { team: 'search' } },
  { attributes: { namespace: 'ns', 'tag:Team': 'other' }, expected: { team: 'ns' } },
  { attributes: { 'tag:TEAM': 'ranking', 'label:model': 'm' }, expected: { team: 'ranking', model: 'm' } },
  { attributes: { 'tag:cost-centre': '7' }, expected: { 'cost-centre': '7' } },
  { attributes: { 'node:pool': 'x' }, expected: {} },
])('$attributes belong to $expected', ({ attributes, expected }) => {
  expect(resolveOwner(rules, attributes)).toEqual(expected);
});
