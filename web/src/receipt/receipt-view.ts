import type { ReceiptAttempt, ReceiptLine, RunReceipt, RunRow } from '../../../src/app/results/runs.ts';
import { type BucketLine, viewBucketSplit } from '../buckets/bucket-lines.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { formatMinute } from '../format/dates.ts';
import type { Picos } from '../format/decimal.ts';
import { parseDecimal, roundToUnits } from '../format/decimal.ts';
import { exactMoney, formatMoney, formatUnits, UNKNOWN, UNPRICED } from '../format/money.ts';
import { countOf, hoursText } from '../format/quantity.ts';
import { roundTogether } from '../format/round-together.ts';
import { LOST_STATES, stateText } from '../runs/run-cells.ts';

/** A line that has an amount: what was bought, how much of it, at what price. */
export type LineView = Readonly<{
  what: string;
  quantity: string;
  unitPrice: string;
  share: string;
  source: string;
  amount: string;
  exact: string;
  isEstimate: boolean;
  isGap: boolean;
}>;

export type AttemptView = Readonly<{
  number: number;
  state: string;
  isLost: boolean;
  detail: string | null;
  times: string;
  wait: string | null;
  lost: string | null;
  source: string;
  lines: readonly LineView[];
}>;

export type ReceiptView = Readonly<{
  attempts: readonly AttemptView[];
  /** Charges that carry the tag of the run, then its part of the shared costs. */
  beside: readonly LineView[];
  total: LineView;
}>;

/** The receipt as printed: the amounts are rounded together, so that they add up to the total with a pencil. */
export function viewReceipt(receipt: RunReceipt): ReceiptView {
  const { run, lines, charges, currency } = receipt;
  const total = parseDecimal(run.cost);
  const besides = [...charges.map(({ amount }) => amount), run.shared];
  const amounts = [...lines.map(({ amount }) => amount), ...besides].map((amount) => parseDecimal(amount));
  const printed = printTogether(amounts, total, currency);
  const views = lines.map((line, index) => lineView(line, printed[index]!, currency));
  const rest = printed.slice(lines.length);
  return {
    attempts: receipt.attempts.map((attempt) =>
      attemptView(
        attempt,
        views.filter((_, index) => lines[index]!.attempt === attempt.attempt),
      ),
    ),
    beside: [
      ...charges.map(({ description, amount, source }, index) =>
        plainLine(description ?? 'Charge with the tag of the run', source, rest[index]!, amount, currency),
      ),
      ...(charges.length === 0
        ? [
            plainLine(
              'Direct charges',
              'none carries the tag of this run',
              formatMoney(run.direct, currency, 2),
              run.direct,
              currency,
            ),
          ]
        : []),
      plainLine('Shared costs that its GPU time bears', '', rest.at(-1)!, run.shared, currency),
    ],
    total: {
      ...plainLine(
        'Total',
        '',
        total === null ? '? unknown' : formatMoney(total, currency, 2),
        run.cost,
        currency,
      ),
      quantity: run.gpuHours === null ? UNKNOWN : `${decimals(run.gpuHours, 4)} GPU-h`,
      isEstimate: run.isEstimated,
      isGap: total === null,
    },
  };
}

/** The answer, in money: what it cost, for what, and what was lost of it. */
export function receiptSentence({ run, currency }: RunReceipt): string {
  const attempts = countOf(run.attempts, 'attempt');
  if (run.state === 'waiting' && run.startedAt === null)
    return `${run.name} waits, and has cost nothing yet.`;
  if (run.cost === null) {
    return run.unpricedGpuHours > 0
      ? `No price is known for the ${hoursText(run.gpuHours)} GPU-hours of ${run.name}.`
      : `What ${run.name} cost is not known.`;
  }
  const so = run.state === 'running' ? 'has cost' : 'cost';
  const cost = formatMoney(run.cost, currency, 2);
  return `${run.name} ${so} ${cost} for ${hoursText(run.gpuHours)} GPU-hours in ${attempts}${lostWords(run, currency)}.`;
}

/** Where the GPU time of the run went; rounded together, so that the six add up. `null` where nothing is known of it. */
export function viewBuckets({ run, currency }: RunReceipt): readonly BucketLine[] | null {
  const hours = run.gpuHoursByBucket;
  if (hours === null || hours.gross === 0) return null;
  const isPriced = BUCKETS.every((bucket) => costOf(run, bucket) !== null);
  const cost = { whole: parseDecimal(run.gpuCost) ?? 0n, of: (bucket: Bucket) => costOf(run, bucket)! };
  return viewBucketSplit({ hours, cost: isPriced ? cost : null, currency });
}

function costOf(run: RunRow, bucket: Bucket): Picos | null {
  return bucket === 'unallocated' ? 0n : parseDecimal(run[`${bucket}Cost`]);
}

function lostWords({ lostCost, state }: RunRow, currency: string): string {
  const lost = parseDecimal(lostCost);
  const ended = LOST_STATES.includes(state) ? `; it ended ${stateText(state)}` : '';
  return lost === null || lost === 0n
    ? ended
    : `; ${formatMoney(lost, currency, 2)} of it was lost${ended && ', and it ended'.concat(` ${stateText(state)}`)}`;
}

/** What is not known is no part of the sum, and printed as a gap. */
function printTogether(
  amounts: readonly (Picos | null)[],
  total: Picos | null,
  currency: string,
): readonly string[] {
  const known = amounts.filter((amount) => amount !== null);
  const units = roundTogether(known, 2, total === null ? undefined : roundToUnits(total, 2));
  let next = 0;
  return amounts.map((amount) =>
    amount === null ? `? ${UNPRICED}` : formatUnits(units[next++]!, currency, 2),
  );
}

function lineView(line: ReceiptLine, amount: string, currency: string): LineView {
  return {
    what: `${line.gpuModel}, ${stateText(line.lifecycle)}`,
    quantity: `${decimals(line.deviceHours ?? line.gpuHours, 4)} GPU-h`,
    unitPrice: line.unitPrice === null ? UNKNOWN : formatMoney(line.unitPrice, currency, 4),
    share: line.share === null ? UNKNOWN : decimals(line.share, 4),
    source: [stateText(line.priceSource), line.priceReference].filter(Boolean).join(', '),
    amount,
    exact: exactMoney(line.amount, currency),
    isEstimate: line.isEstimated,
    isGap: line.amount === null,
  };
}

function plainLine(
  what: string,
  source: string,
  amount: string,
  exact: string | null,
  currency: string,
): LineView {
  return {
    what,
    quantity: '',
    unitPrice: '',
    share: '',
    source,
    amount,
    exact: exactMoney(exact, currency),
    isEstimate: false,
    isGap: false,
  };
}

function attemptView(attempt: ReceiptAttempt, lines: readonly LineView[]): AttemptView {
  const { startedAt, endedAt, waitHours } = attempt;
  const end = endedAt === null ? 'now' : formatMinute(endedAt);
  const queue = attempt.queue === null ? '' : ` in ${attempt.queue}`;
  return {
    number: attempt.attempt,
    state: stateText(attempt.state),
    isLost: LOST_STATES.includes(attempt.state),
    detail: attempt.stateDetail,
    times: startedAt === null ? 'not started' : `${formatMinute(startedAt)} to ${end} UTC`,
    wait: waitHours === null ? null : `waited ${hoursText(waitHours)} h${queue}`,
    lost: attempt.lost === null ? null : `lost ${attempt.lost}`,
    source: attempt.source,
    lines,
  };
}

function decimals(value: number, most: number): string {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: most }).format(value);
}
