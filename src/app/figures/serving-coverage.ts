import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { CallAggregate } from '../../ports/serving.ts';
import type { LedgerAggregate, Store } from '../../ports/store.ts';
import type { CoverageReport } from '../results/results.ts';
import { compareText } from './compare-text.ts';
import { fraction } from './fraction.ts';
import { totalPicos } from './ledger-figures.ts';

type Serving = NonNullable<CoverageReport['serving']>;

/**
 * How much of what serving costs has traffic beside it, and which calls have no price. `null` where nothing is served.
 *
 * A day of an endpoint counts when anything was said about its requests in it, and be it that there were none.
 */
export async function servingCoverage(store: Store, window: TimeWindow): Promise<Serving | null> {
  const filters = [{ dimension: 'kind', values: ['inference'] }] as const;
  const [ledger, calls, paid] = await Promise.all([
    store.ledger({ window, by: ['workload', 'day'], filters }),
    store.calls({ window, by: ['endpoint', 'day'] }),
    store.calls({ window, by: ['model'], serving: 'api' }),
  ]);
  if (ledger.length === 0 && calls.length === 0) return null;
  const told = new Set(calls.map(({ key }) => cellOf(key['endpoint'], key['day'])));
  const untold = ledger.filter(({ key }) => !told.has(cellOf(key['workload'], key['day'])));
  const [cost, silent] = [costOf(ledger), costOf(untold)];
  return {
    cost: formatPicos(cost),
    costWithTraffic: fraction(cost - silent, cost),
    withoutTraffic: byEndpoint(untold),
    ...priceless(paid),
  };
}

function cellOf(endpoint: string | undefined, day: string | undefined): string {
  return JSON.stringify([endpoint, day]);
}

function costOf(rows: readonly LedgerAggregate[]): Picos {
  return rows.reduce((sum, row) => sum + totalPicos(row), 0n);
}

const MOST_NAMES = 20;

/** Dearest first. */
function byEndpoint(rows: readonly LedgerAggregate[]): Serving['withoutTraffic'] {
  const costs = new Map<string, Picos>();
  for (const row of rows) {
    const endpoint = row.key['workload']!;
    costs.set(endpoint, (costs.get(endpoint) ?? 0n) + totalPicos(row));
  }
  return [...costs]
    .filter(([, cost]) => cost > 0n)
    .sort(([a, left], [b, right]) => (left === right ? compareText(a, b) : left > right ? -1 : 1))
    .slice(0, MOST_NAMES)
    .map(([endpoint, cost]) => ({ endpoint, cost: formatPicos(cost) }));
}

function priceless(
  paid: readonly CallAggregate[],
): Pick<Serving, 'paidCalls' | 'unpricedCalls' | 'unpricedModels'> {
  const models = new Map<string, number>();
  let paidCalls = 0;
  // Calls that their own server counted as well are not paid for by the call.
  for (const { key, source, requests, pricedRequests } of paid) {
    if (source !== 'calls') continue;
    paidCalls += requests;
    const model = key['model']!;
    if (requests > pricedRequests) models.set(model, (models.get(model) ?? 0) + requests - pricedRequests);
  }
  return {
    paidCalls,
    unpricedCalls: [...models.values()].reduce((sum, count) => sum + count, 0),
    unpricedModels: [...models]
      .sort(([a, left], [b, right]) => right - left || compareText(a, b))
      .slice(0, MOST_NAMES)
      .map(([model, calls]) => ({ model, calls })),
  };
}
