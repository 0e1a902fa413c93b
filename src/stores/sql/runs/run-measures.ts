import { BUCKETS } from '../../../domain/ledger/buckets.ts';
import type { Dialect } from '../dialect.ts';
import { LEDGER_MEASURES } from '../schema.ts';

const GROSS_PICOS = BUCKETS.map((bucket) => `l.${bucket}_picos`).join(' + ');
const GROSS_TICKS = BUCKETS.map((bucket) => `l.${bucket}_ticks`).join(' + ');

/** Sums over attributed rows `l` and their subjects `s`, each named as its column of `run_total` behind the prefix. */
export function measureSums(d: Dialect, prefix: string): string {
  const sum = (name: string, value: string) => {
    const total = d.sum(value);
    return `${name.endsWith('_ticks') ? `CAST(${total} AS BIGINT)` : total} AS ${prefix}${name}`;
  };
  const zero = d.wide('0');
  return [
    ...Object.keys(LEDGER_MEASURES).map((name) => sum(name, `l.${name}`)),
    sum('unpriced_ticks', `CASE WHEN s.price_source = 'unpriced' THEN ${GROSS_TICKS} ELSE 0 END`),
    sum(
      'estimated_picos',
      `CASE WHEN s.price_source IN ('bill', 'none') THEN ${zero} ELSE ${GROSS_PICOS} END`,
    ),
    sum(
      'true_up_picos',
      `CASE WHEN s.has_estimate = 1 THEN ${GROSS_PICOS} - l.estimate_picos ELSE ${zero} END`,
    ),
  ].join(', ');
}
