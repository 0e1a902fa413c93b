import { expect, test } from 'vitest';
import { HOUR_MS } from '../../domain/time/window.ts';
import type { Extent } from '../../ports/store.ts';
import { freshness } from './freshness.ts';

const NOW = Date.UTC(2026, 10, 1);
const NONE = {
  usageMs: null,
  capacityMs: null,
  allocationMs: null,
  chargeMs: null,
  runMs: null,
  trafficMs: null,
  requestMs: null,
};

/** The state of one kind of fact whose newest is so many hours old. */
function stateOf(fact: string, newest: Partial<Extent['newest']>): string | undefined {
  const extent = { ledger: null, newest: { ...NONE, ...newest } };
  return freshness(extent, NOW).find((entry) => entry.fact === fact)?.state;
}

test.each([
  ['usage', { usageMs: NOW }, 'current'],
  ['usage', { usageMs: NOW - 2 * HOUR_MS }, 'current'],
  ['usage', { usageMs: NOW - 2 * HOUR_MS - 1 }, 'late'],
  ['usage', {}, 'missing'],
  ['charges', { chargeMs: NOW - 72 * HOUR_MS }, 'current'],
  ['charges', { chargeMs: NOW - 73 * HOUR_MS }, 'late'],
  ['capacity', { capacityMs: NOW - 720 * HOUR_MS }, 'current'],
  ['capacity', {}, 'missing'],
  ['traffic', {}, undefined],
] as const)('%s of %j is %s', (fact, newest, state) => {
  expect(stateOf(fact, newest)).toBe(state);
});
