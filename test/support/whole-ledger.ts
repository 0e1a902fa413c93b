import type { TimeWindow } from '../../src/domain/time/window.ts';
import {
  LEDGER_DIMENSIONS,
  type LedgerAggregate,
  type LedgerDimension,
  type Store,
} from '../../src/ports/store.ts';

/** All time that any test fleet touches, in whole days. */
export const ALL_TIME: TimeWindow = { fromMs: Date.UTC(2026, 8, 1), toMs: Date.UTC(2027, 0, 1) };

/** The ledger with every dimension on every row, as sorted texts: two ledgers are the same when these are. */
export async function wholeLedger(store: Store, window: TimeWindow = ALL_TIME): Promise<string[]> {
  const by: LedgerDimension[] = [...LEDGER_DIMENSIONS, 'tag:cost-centre'];
  return textsOf(await store.ledger({ window, by }));
}

/** Groups as sorted texts. Those that say nothing are left out. */
export function textsOf(groups: readonly LedgerAggregate[]): string[] {
  return groups
    .map(({ key, ...measures }) => {
      const figures = JSON.stringify(measures, (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      return /[1-9]/.test(figures.replaceAll(/"[^"]*":/g, '')) ? `${JSON.stringify(key)} ${figures}` : '';
    })
    .filter((text) => text !== '')
    .sort();
}
