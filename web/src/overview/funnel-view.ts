import type { FunnelStep, Overview } from '../../../src/app/results/results.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { isBucket } from '../buckets/buckets.ts';
import { fractionOf, parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatUnits, moneyDecimals, UNPRICED } from '../format/money.ts';
import { formatGpuHours } from '../format/quantity.ts';
import { roundTogether } from '../format/round-together.ts';
import { unpricedShare } from '../ledger/figures.ts';

export type FunnelRow = Readonly<{
  step: FunnelStep['step'];
  meaning: string;
  hours: string;
  cost: string;
  exactCost: string;
  /** Of what was paid, 0–1, by the measure that is drawn; `null` without GPU time. */
  fraction: number | null;
  loses: Loss | null;
}>;

export type Loss = Readonly<{
  bucket: Bucket;
  isNothing: boolean;
  hours: string;
  /** `null` where no price is known. */
  cost: string | null;
  exactCost: string;
  fraction: number;
}>;

/**
 * The funnel as printed: what is lost is rounded together with what remains, and each step is the one before less its loss, so
 * that the column can be checked with a pencil. Bars are drawn by cost, or by hours where nothing is priced.
 */
export function viewFunnel(overview: Overview): readonly FunnelRow[] {
  const { funnel, currency, total } = overview;
  const isUnpriced = unpricedShare(total) === 'all';
  const decimals = moneyDecimals(parseDecimal(total.cost.gross) ?? 0n);
  const hourDecimals = total.gpuHours.gross < 100 ? 1 : 0;
  const costs = printSteps(funnel.map(costOf), decimals);
  const hours = printSteps(funnel.map(hoursOf), hourDecimals);
  const money = (units: bigint): string => (isUnpriced ? UNPRICED : formatUnits(units, currency, decimals));
  const gpuHours = (units: bigint): string => formatGpuHours(Number(units) / 10 ** hourDecimals);
  const drawn = isUnpriced ? funnel.map(hoursOf) : funnel.map(costOf);
  const paid = drawn[0]?.left ?? 0n;

  return funnel.map((step, index) => ({
    step: step.step,
    meaning: step.meaning,
    hours: gpuHours(hours[index]!.left),
    cost: money(costs[index]!.left),
    exactCost: exactMoney(step.cost, currency),
    fraction: fractionOf(drawn[index]!.left, paid),
    loses:
      step.loses && isBucket(step.loses.bucket)
        ? {
            bucket: step.loses.bucket,
            hours: gpuHours(hours[index]!.lost),
            isNothing: hoursOf(step).lost === 0n && costOf(step).lost === 0n,
            cost: isUnpriced ? null : money(costs[index]!.lost),
            exactCost: exactMoney(step.loses.cost, currency),
            fraction: fractionOf(drawn[index]!.lost, paid) ?? 0,
          }
        : null,
  }));
}

type Amounts = Readonly<{ left: bigint; lost: bigint }>;

function costOf(step: FunnelStep): Amounts {
  return { left: parseDecimal(step.cost) ?? 0n, lost: parseDecimal(step.loses?.cost) ?? 0n };
}

/** Hours are floats; a millionth of an hour is finer than anything that is printed. */
function hoursOf(step: FunnelStep): Amounts {
  return { left: toPicos(step.gpuHours), lost: toPicos(step.loses?.gpuHours ?? 0) };
}

function toPicos(hours: number): bigint {
  return Number.isFinite(hours) ? BigInt(Math.round(hours * 1e6)) * 1_000_000n : 0n;
}

function printSteps(steps: readonly Amounts[], decimals: number): readonly Amounts[] {
  const end = steps.at(-1)?.left ?? 0n;
  const units = roundTogether([...steps.map((step) => step.lost), end], decimals);
  let left = units.reduce((sum, part) => sum + part, 0n);
  return steps.map((_, index) => {
    left -= units[index]!;
    return { left, lost: units[index]! };
  });
}
