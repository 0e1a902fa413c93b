import type { MeteredGpu, MeteredPrice, MeteredReceipt } from '../app/results/metered-receipt.ts';
import { BUCKETS, type Bucket } from '../domain/ledger/buckets.ts';
import { displayAmount, displayMoney } from '../domain/money/display-money.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../domain/money/picos.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import { printNumber } from './print-amount.ts';
import { roundParts, roundToStep } from './round-for-display.ts';

/** What was done with the run beside weighing it. */
export type MeteredEnd = Readonly<{
  recordedIn: string | null;
  /** The record that waits to be taken in. */
  recordPath: string | null;
  problems: readonly string[];
}>;

const MIB_PER_GIB = 1024;
const NANOS = 1e9;
/** Below this, two decimals would hide most of the figure. */
const SMALL_PICOS = PICOS_PER_UNIT;
const SMALL_HOURS = 0.1;

/** A receipt as `tare run` prints it below the output of the command: what was held, what it did, what it cost. */
export function meteredReceiptText(receipt: MeteredReceipt | null, end: MeteredEnd): string {
  const lines = receipt === null ? [] : [...headLines(receipt), ...gpuLines(receipt)];
  const kept =
    receipt === null || end.recordedIn === null ? '' : `run ${receipt.runId}, in ${end.recordedIn}`;
  const said = [
    ...lines,
    ...(kept === '' ? [] : [kept]),
    ...(receipt?.notes ?? []).map((note) => `note  ${note}`),
    ...end.problems.map((problem) => `note  ${problem}`),
    ...waiting(end),
  ];
  return said.map((line, place) => `${place === 0 ? 'tare  ' : '      '}${line}\n`).join('');
}

function headLines({ name, state, stateDetail, wallSeconds }: MeteredReceipt): string[] {
  const how = stateDetail === null ? state : `${state} (${stateDetail})`;
  return [`${name}  ${how}  ${duration(wallSeconds)}`];
}

function gpuLines(receipt: MeteredReceipt): string[] {
  // Where none could be seen, a note says so.
  if (receipt.gpus.length === 0) return receipt.sawGpus ? ['no GPU was held'] : [];
  return [
    `${receipt.gpus.map(gpuWords).join(', ')}  ${hours(receipt.gpuHours.gross)} GPU-hours  ${totalCost(receipt)}`,
    ...bucketLines(receipt),
    measures(receipt),
    ...receipt.prices.map((price) => priceLine(price, receipt)),
    ...checkpointLine(receipt),
  ];
}

function gpuWords({ devices, gpuModel }: MeteredGpu): string {
  return `${devices} × ${gpuModel}`;
}

/** `~` is an estimate, `?` lacks GPU time that has no price, as in every report. */
function totalCost({ cost, currency, isEstimate, unpricedGpuHours }: MeteredReceipt): string {
  if (cost === null) return 'cost unknown: no price';
  const picos = picosOf(cost.gross);
  const amount = picos < SMALL_PICOS ? small(picos, currency) : displayMoney(picos, currency);
  return `${amount}${unpricedGpuHours > 0 ? '?' : isEstimate ? '~' : ''}`;
}

/** Printed parts add up to the printed whole. */
function bucketLines({ gpuHours, cost }: MeteredReceipt): string[] {
  const shown = BUCKETS.filter((bucket) => gpuHours[bucket] > 0);
  const width = Math.max(...shown.map((bucket) => bucket.length));
  const hourParts = partsOf(
    shown.map((bucket) => BigInt(Math.round(gpuHours[bucket] * NANOS))),
    10n ** BigInt(9 - decimalsOfHours(gpuHours.gross)),
  );
  const costParts = cost === null ? null : costPartsOf(shown, cost);
  return shown.map((bucket, place) => {
    const amount = (Number(hourParts[place]) / 10 ** decimalsOfHours(gpuHours.gross)).toFixed(
      decimalsOfHours(gpuHours.gross),
    );
    return `  ${bucket.padEnd(width)}  ${amount} h${costParts === null ? '' : `  ${costParts[place]}`}`;
  });
}

function costPartsOf(shown: readonly Bucket[], cost: NonNullable<MeteredReceipt['cost']>): string[] {
  const decimals = picosOf(cost.gross) < SMALL_PICOS ? 4 : 2;
  const step = PICOS_PER_UNIT / 10n ** BigInt(decimals);
  const values = shown.map((bucket) => picosOf(cost[bucket]));
  return partsOf(values, step).map((part) => displayAmount(part * step, decimals));
}

function partsOf(values: readonly bigint[], step: bigint): bigint[] {
  return roundParts(
    values,
    step,
    roundToStep(
      values.reduce((sum, value) => sum + value, 0n),
      step,
    ),
  );
}

const BASIS_WORDS = {
  sm_active: 'SM active',
  engine_active: 'engine active',
  gpu_util: 'GPU_UTIL: some kernel ran, not how much of the chip',
} as const;

function measures({
  utilisation,
  peakMemoryMib,
  memoryMib,
  energyWattHours,
  energyCoverage,
}: MeteredReceipt): string {
  const { busy, basis } = utilisation;
  const parts = [
    busy === null || basis === null ? 'busy unknown' : `busy ${displayPercent(busy)} (${BASIS_WORDS[basis]})`,
  ];
  if (peakMemoryMib !== null)
    parts.push(`peak memory ${gib(peakMemoryMib)}${memoryMib === null ? '' : ` of ${gib(memoryMib)}`} GiB`);
  if (energyWattHours !== null) {
    const share =
      energyCoverage !== null && energyCoverage < 0.995
        ? ` in ${displayPercent(energyCoverage)} of the time`
        : '';
    parts.push(`${printNumber(energyWattHours)} Wh${share}`);
  }
  return parts.join(' · ');
}

const SOURCE_WORDS: Readonly<Record<string, string>> = {
  contract: 'contract',
  price_book: 'price book',
  ownership: 'cost of ownership',
};

function priceLine(
  { gpuModel, source, perGpuHour, date, reference }: MeteredPrice,
  receipt: MeteredReceipt,
): string {
  if (perGpuHour === null)
    return `${gpuModel}: no price is known; say --instance-type, or --gpu-hour-price for this receipt`;
  const price = `${displayMoney(picosOf(perGpuHour), receipt.currency)} a GPU-hour`;
  // The address to check it at stands in the JSON.
  const where = reference === null ? '' : ` (${reference.split(';')[0]})`;
  const estimate = source === 'ownership' ? '' : '; an estimate until the bill arrives';
  return `${gpuModel} at ${price}, ${SOURCE_WORDS[source] ?? source} ${date ?? ''}${where}${estimate}`;
}

function checkpointLine({ checkpoints, gpuHours }: MeteredReceipt): string[] {
  if (checkpoints.count === 0 && gpuHours.lost > 0) return ['lost from its start: no checkpoint is known'];
  if (checkpoints.last === null) return [];
  const lost = gpuHours.lost > 0 ? '; what came after is lost' : '';
  return [`last checkpoint ${checkpoints.last}${lost}`];
}

function waiting({ recordPath }: MeteredEnd): string[] {
  return recordPath === null ? [] : [`kept in ${recordPath}; the next tare collect takes it in`];
}

/** `1 h 02 m 04 s`, `2 m 04 s`, `12.3 s`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h} h ${two(m)} m ${two(s)} s` : `${m} m ${two(s)} s`;
}

function hours(value: number): string {
  return value.toFixed(decimalsOfHours(value));
}

function decimalsOfHours(value: number): number {
  return value < SMALL_HOURS ? 4 : 2;
}

function small(picos: Picos, currency: string): string {
  return displayMoney(0n, currency).replace('0.00', displayAmount(picos, 4));
}

function gib(mib: number): string {
  return (mib / MIB_PER_GIB).toFixed(1);
}

function picosOf(decimal: string): Picos {
  return parsePicos(decimal)?.picos ?? 0n;
}
