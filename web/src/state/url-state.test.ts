import { expect, test } from 'vitest';
import { readPageState, writePageState } from './url-state.ts';

test.each([
  ['', { from: null, to: null, measure: 'cost' }],
  ['?from=2026-10&measure=gpu-hours', { from: '2026-10', to: null, measure: 'gpu-hours' }],
  ['?from=2026-10-01&to=2026-10-08', { from: '2026-10-01', to: '2026-10-08', measure: 'cost' }],
] as const)('%s is read and written back', (search, state) => {
  expect(readPageState(search)).toEqual(state);
  expect(writePageState(state)).toBe(search);
});

test('what means nothing falls back to the default', () => {
  expect(readPageState('?from=&measure=bananas&x=1')).toEqual({ from: null, to: null, measure: 'cost' });
});
