import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPicos } from '../../domain/money/picos.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { sumAggregates } from './aggregates.ts';
import { figuresBefore, pairRows } from './compare-ledgers.ts';
import { totalPicos } from './ledger-figures.ts';

const group = (team: string, directPicos: bigint): LedgerAggregate => ({
  ...sumAggregates([], { team }),
  directPicos,
});
const groups = fc
  .uniqueArray(
    fc.record({ team: fc.constantFrom('a', 'b', 'c', 'd'), picos: fc.bigInt({ min: 0n, max: 10n ** 18n }) }),
    {
      selector: ({ team }) => team,
    },
  )
  .map((all) => all.map(({ team, picos }) => group(team, picos)));

describe('two windows beside each other', () => {
  it('keep every group of either, and the changes add up to the change of the whole', () => {
    fc.assert(
      fc.property(groups, groups, (now, then) => {
        const pairs = pairRows(now, then, ['team']);
        const teams = new Set([...now, ...then].map(({ key }) => key['team']));
        expect(pairs.map(({ row }) => row.key['team']).toSorted()).toEqual([...teams].toSorted());
        const change = pairs.reduce((sum, { row, before }) => sum + totalPicos(row) - totalPicos(before), 0n);
        expect(change).toBe(totalPicos(sumAggregates(now)) - totalPicos(sumAggregates(then)));
      }),
    );
  });

  it.each([
    { name: 'grew', now: 30n, before: 10n, expected: '20' },
    { name: 'new', now: 30n, before: null, expected: '30' },
    { name: 'gone', now: null, before: 10n, expected: '-10' },
  ])('$name', ({ now, before, expected }) => {
    const row = (amount: bigint | null) => (amount === null ? [] : [group('a', amount * 10n ** 12n)]);
    const [pair] = pairRows(row(now), row(before), ['team']);
    expect(figuresBefore(pair!).change).toBe(formatPicos(BigInt(expected) * 10n ** 12n));
  });
});
