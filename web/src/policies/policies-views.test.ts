import { expect, test } from 'vitest';
import type { StoppedLaunch } from '../../../src/app/results/policies.ts';
import { MOST_SHARED_CHARACTERS, readPoliciesState, writePoliciesState } from './policies-state.ts';
import { insertPolicy, offsetOf, receiptAddress, snippetOf } from './policies-view.ts';

test.each([
  ['', { from: null, to: null, text: null, open: null }],
  ['?from=2026-10&open=2', { from: '2026-10', to: null, text: null, open: 2 }],
  [
    '?policies=-+%7B+rule%3A+require-spot+%7D',
    { from: null, to: null, text: '- { rule: require-spot }', open: null },
  ],
  ['?policies=', { from: null, to: null, text: '', open: null }],
] as const)('%s is read and written back', (search, state) => {
  expect(readPoliciesState(search)).toEqual(state);
  expect(writePoliciesState(state)).toBe(search);
});

test('what is too long for an address stays out of it', () => {
  const state = { from: null, to: null, open: null, text: 'x'.repeat(MOST_SHARED_CHARACTERS + 1) };
  expect(writePoliciesState(state)).toBe('');
});

const SPOT = '- { rule: require-spot }';

test.each([
  ['', `policies:\n  ${SPOT}\n`],
  ['policies:\n', `policies:\n  ${SPOT}\n`],
  ['policies:\n  - { rule: forbid-spot }\n', `policies:\n  - { rule: forbid-spot }\n  ${SPOT}\n`],
  ['- { rule: forbid-spot }', `- { rule: forbid-spot }\n${SPOT}\n`],
])('an example goes below %j', (text, expected) => expect(insertPolicy(text, SPOT)).toBe(expected));

test.each([
  [SPOT, `policies:\n  ${SPOT}\n`],
  [`policies:\n  ${SPOT}`, `policies:\n  ${SPOT}\n`],
])('%j is put under its key', (text, expected) => expect(snippetOf(text)).toBe(expected));

test('a place in the text is found', () => {
  expect(offsetOf('ab\ncde\nf', 2, 3)).toBe(5);
  expect(offsetOf('ab', 9, 9)).toBe(2);
});

test.each<[StoppedLaunch['receipt'], string]>([
  [{ kind: 'run', name: 'slurm:prod:1' }, '/runs/slurm:prod:1'],
  [{ kind: 'endpoint', name: 'chat' }, '/units/chat?from=7d'],
  [{ kind: 'workload', name: 'notebook-a' }, '/explore?from=7d&by=day&filter=workload%3Dnotebook-a'],
])('the receipt of %j is at %s', (receipt, address) =>
  expect(receiptAddress({ receipt } as StoppedLaunch, '?from=7d')).toBe(address),
);
