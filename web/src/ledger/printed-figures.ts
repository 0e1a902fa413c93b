import type { LedgerFigures } from '../../../src/app/results/results.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { parseDecimal, roundToUnits } from '../format/decimal.ts';
import { roundTogether } from '../format/round-together.ts';
import { bucketPicos } from './figures.ts';

/** Money as printed, in units of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ. */
export type PrintedFigures = Readonly<{
  buckets: Readonly<Record<Bucket, bigint>>;
  gross: bigint;
  direct: bigint;
  shared: bigint;
  /** `gross + direct + shared`, of the printed figures. */
  total: bigint;
}>;

export type PrintedTable = Readonly<{ rows: readonly PrintedFigures[]; total: PrintedFigures }>;

/**
 * Rounds a table of the ledger so that it can be checked with a pencil: the columns gross, direct, shared and total add up to
 * the last row, each row adds up to its total, and the six buckets of each row to its gross.
 */
export function printTable(
  rows: readonly LedgerFigures[],
  total: LedgerFigures,
  decimals: number,
): PrintedTable {
  const [gross = 0n, direct = 0n, shared = 0n] = roundTogether(
    moneyColumns(total),
    decimals,
    roundToUnits(parseDecimal(total.totalCost) ?? 0n, decimals),
  );
  const columns = [gross, direct, shared].map((printed, column) =>
    roundTogether(
      rows.map((row) => moneyColumns(row)[column]!),
      decimals,
      printed,
    ),
  );
  return {
    rows: rows.map((row, index) =>
      printRow(row, decimals, {
        gross: columns[0]![index]!,
        direct: columns[1]![index]!,
        shared: columns[2]![index]!,
      }),
    ),
    total: printRow(total, decimals, { gross, direct, shared }),
  };
}

/** The sum of printed rows, for the line that stands for those left out. */
export function addPrinted(rows: readonly PrintedFigures[]): PrintedFigures {
  const sum = (pick: (row: PrintedFigures) => bigint): bigint =>
    rows.reduce((total, row) => total + pick(row), 0n);
  return {
    buckets: Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, sum((row) => row.buckets[bucket])]),
    ) as Record<Bucket, bigint>,
    gross: sum((row) => row.gross),
    direct: sum((row) => row.direct),
    shared: sum((row) => row.shared),
    total: sum((row) => row.total),
  };
}

type Money = Readonly<{ gross: bigint; direct: bigint; shared: bigint }>;

function printRow(figures: LedgerFigures, decimals: number, money: Money): PrintedFigures {
  const picos = bucketPicos(figures.cost);
  const units = roundTogether(
    BUCKETS.map((bucket) => picos[bucket]),
    decimals,
    money.gross,
  );
  const buckets = Object.fromEntries(BUCKETS.map((bucket, index) => [bucket, units[index]!]));
  return {
    ...money,
    buckets: buckets as Record<Bucket, bigint>,
    total: money.gross + money.direct + money.shared,
  };
}

function moneyColumns(figures: LedgerFigures): readonly [bigint, bigint, bigint] {
  return [
    parseDecimal(figures.cost.gross) ?? 0n,
    parseDecimal(figures.direct) ?? 0n,
    parseDecimal(figures.shared) ?? 0n,
  ];
}
