import stringWidth from 'string-width';
import type { ReceiptAttempt, ReceiptLine, RunReceipt } from '../app/results/runs.ts';
import { displayAmount } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';

const PRICE_DECIMALS = 4;

/** The receipt of a run: each line as quantity × price × share, what stands beside it, and a total that is their sum. */
export function receiptText(receipt: RunReceipt): string {
  const { title, run, lines, attempts, charges, sharedWith } = receipt;
  const beside = [
    ...charges.map(({ description, amount, source }) => [
      amountOf(amount),
      `direct: ${description ?? 'a charge'}`,
      source,
    ]),
    ...(Number(run.shared) === 0 ? [] : [[amountOf(run.shared), 'shared costs, by the stated rule', '']]),
  ];
  const money = columns([
    ...lines.map(lineCells),
    ...beside,
    [
      run.cost === null ? '?' : amountOf(run.cost),
      'total',
      run.isEstimated ? 'an estimate until the bill arrives' : '',
    ],
  ]);
  const notes = [...run.notes, ...shareNote(sharedWith), ...trueUpNote(run.trueUp)];
  return `${[title, '', ...money, '', ...bucketLines(receipt), '', ...columns(attempts.map(attemptCells)), ...notes.map((note) => `note: ${note}`)].join('\n')}\n`;
}

function lineCells(line: ReceiptLine): string[] {
  const price = line.unitPrice === null ? '?' : displayAmount(picosOf(line.unitPrice), PRICE_DECIMALS);
  const quantity =
    line.deviceHours === null || line.share === null
      ? `${hours(line.gpuHours)} GPU-h × ${price}`
      : `${hours(line.deviceHours)} GPU-h × ${price}${line.share === 1 ? '' : ` × ${share(line.share)}`}`;
  const source = [line.priceSource.replaceAll('_', ' '), line.priceReference].filter(Boolean).join(', ');
  return [
    line.amount === null ? '?' : amountOf(line.amount),
    `attempt ${line.attempt}, ${line.gpuModel} ${line.lifecycle.replaceAll('_', ' ')}: ${quantity}`,
    source,
  ];
}

function bucketLines({ run }: RunReceipt): string[] {
  if (run.gpuHoursByBucket === null || run.cost === null) return [];
  const parts = [
    ['productive', run.gpuHoursByBucket.productive, run.productiveCost],
    ['underused', run.gpuHoursByBucket.underused, run.underusedCost],
    ['idle', run.gpuHoursByBucket.idle, run.idleCost],
    ['lost', run.gpuHoursByBucket.lost, run.lostCost],
    ['unobserved', run.gpuHoursByBucket.unobserved, run.unobservedCost],
  ] as const;
  return columns(
    parts
      .filter(([, gpuHours]) => gpuHours > 0)
      .map(([name, gpuHours, cost]) => [
        cost === null ? '?' : amountOf(cost),
        name,
        `${hours(gpuHours)} GPU-h`,
      ]),
  );
}

function attemptCells(attempt: ReceiptAttempt): string[] {
  const wait =
    attempt.waitHours === null
      ? ''
      : `, waited ${hours(attempt.waitHours)} h${attempt.queue ? ` in ${attempt.queue}` : ''}`;
  const state = `${attempt.state.replaceAll('_', ' ')}${attempt.stateDetail ? ` (${attempt.stateDetail})` : ''}`;
  const span = `${attempt.startedAt ?? 'not started'} to ${attempt.endedAt ?? 'now'}`;
  return [
    `attempt ${attempt.attempt}`,
    `${state}, ${attempt.startedAt === null ? 'not started' : span}${wait}`,
    [attempt.lost && `lost ${attempt.lost}`, attempt.source].filter(Boolean).join('; '),
  ];
}

function shareNote(others: readonly string[]): string[] {
  if (others.length === 0) return [];
  return [
    `shares its devices by time with ${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`,
  ];
}

function trueUpNote(trueUp: string): string[] {
  return Number(trueUp) === 0 ? [] : [`billed over estimated: ${amountOf(trueUp)}`];
}

/** Figures to the right, words to the left. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (index: number) => Math.max(0, ...rows.map((row) => stringWidth(row[index] ?? '')));
  const [first, second] = [width(0), width(1)];
  return rows.map(([figure = '', what = '', source = '']) =>
    `${' '.repeat(first - stringWidth(figure))}${figure}  ${what}${' '.repeat(second - stringWidth(what))}  ${source}`.trimEnd(),
  );
}

function amountOf(decimal: string): string {
  return displayAmount(picosOf(decimal), PRICE_DECIMALS);
}

function picosOf(decimal: string): bigint {
  return parsePicos(decimal)?.picos ?? 0n;
}

function hours(value: number): string {
  return value.toFixed(value >= 100 ? 1 : 4).replace(/(\.\d\d\d*?)0+$/, '$1');
}

function share(value: number): string {
  return String(Number(value.toFixed(4)));
}
