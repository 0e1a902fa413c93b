import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { viewProblem } from './saved-view.ts';

test.each([
  ['October, search', '/explore?by=team&filter=team%3Dsearch'],
  ['Überblick', '/'],
  ['50 % of what/where', '/runs/slurm:prod:4711?from=2026-10'],
])('%s at %s can be kept', (name, address) => expect(viewProblem({ name, address })).toBeNull());

test.each([
  ['', '/', /name is empty/],
  [' a', '/', /blank/],
  ['a\nb', '/', /control/],
  ['x'.repeat(81), '/', /81 characters/],
  ['a', 'https://elsewhere.example/', /none of this dashboard/],
  ['a', '//elsewhere.example/', /none of this dashboard/],
  ['a', '/\\elsewhere.example', /none of this dashboard/],
  ['a', 'explore', /none of this dashboard/],
  ['a', '/x\r\nSet-Cookie: a=b', /none of this dashboard/],
  ['a', '/api/v1/overview', /no page/],
  ['a', '/views/b', /no page/],
  ['a', `/explore?x=${'y'.repeat(2_000)}`, /2011 characters/],
])('"%s" at %s cannot', (name, address, expected) => {
  expect(viewProblem({ name, address })).toMatch(expected);
});

it('keeps no address that leads to another site', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const address = `/${text}`;
      if (viewProblem({ name: 'a', address }) !== null) return;
      expect(new URL(address, 'http://here.example').host).toBe('here.example');
    }),
  );
});
