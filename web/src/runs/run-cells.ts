import type { RunGroupRow, RunMoney, RunRow, RunSums } from '../../../src/app/results/runs.ts';
import { formatMinute } from '../format/dates.ts';
import { exactMoney, formatMoney, UNKNOWN, UNPRICED } from '../format/money.ts';
import { formatCount, hoursText } from '../format/quantity.ts';
import type { ColumnName } from './runs-columns.ts';

/** A cell as it is printed. */
export type CellView = Readonly<{
  text: string;
  /** Every digit, or the whole text, on hover. */
  exact?: string | undefined;
  isEstimate?: boolean;
  /** Not known, which is no zero: shown as a marker. */
  isGap?: boolean;
  /** A few words below. */
  note?: string | null;
}>;

export const LOST_STATES: readonly string[] = ['failed', 'cancelled', 'preempted', 'timed_out'];
const LOST_WHOLE = 'lost whole';

/** One cell of a run. */
export function runCell(row: RunRow, column: ColumnName, currency: string): CellView {
  switch (column) {
    case 'name':
      return { text: row.name, exact: row.runId };
    case 'state':
      return { text: stateText(row.state), exact: row.stateDetail ?? undefined };
    case 'attempts':
      return {
        text: formatCount(row.attempts),
        note: row.lostAttempts > 0 && row.attempts > 1 ? `${row.lostAttempts} lost` : null,
      };
    case 'waitHours':
    case 'durationHours':
      return hours(row[column]);
    case 'gpuHours':
      return row.gpuHours === null ? gap('unknown') : hours(row.gpuHours);
    case 'startedAt':
    case 'endedAt':
      return { text: formatMinute(row[column]), exact: row[column] ?? undefined };
    case 'gpuModels':
      return { text: row.gpuModels.join(', ') || UNKNOWN };
    case 'quality':
      return {
        text: row.quality === null ? UNKNOWN : String(row.quality),
        note: row.isOnFrontier ? 'on the frontier' : null,
      };
    case 'parameters':
      return listed(Object.entries(row.parameters));
    case 'metrics':
      return listed(Object.entries(row.metrics));
    case 'notes':
      return { text: notesOf(row).join('; ') || UNKNOWN };
    case 'costPerPoint':
      return row.costPerPoint === null ? { text: UNKNOWN } : money(row.costPerPoint, currency);
    case 'lostCost':
      return { ...moneyCell(row, column, currency), note: isLostWhole(row) ? 'whole' : null };
    case 'team':
    case 'model':
    case 'environment':
    case 'experiment':
    case 'queue':
      return { text: row[column] || UNKNOWN };
    case 'priceSource':
      return { text: row.priceSource?.replaceAll('_', ' ').replaceAll('+', ' + ') ?? UNKNOWN };
    default:
      return moneyCell(row, column, currency);
  }
}

/** A sum of runs: of a group, or of everything selected. Columns that do not add up are empty. */
export function sumCell(sums: RunSums | RunGroupRow, column: ColumnName, currency: string): CellView {
  switch (column) {
    case 'attempts':
      return {
        text: formatCount(sums.attempts),
        note: sums.lostAttempts > 0 ? `${formatCount(sums.lostAttempts)} lost` : null,
      };
    case 'waitHours':
      return hours(sums.waitHours);
    case 'gpuHours':
      return hours(sums.gpuHours);
    case 'cost':
    case 'productiveCost':
    case 'underusedCost':
    case 'idleCost':
    case 'lostCost':
    case 'unobservedCost':
    case 'direct':
    case 'shared':
    case 'trueUp':
      return moneyCell(sums, column, currency);
    default:
      return { text: '' };
  }
}

export function stateText(state: string): string {
  return state.replaceAll('_', ' ');
}

/** What a reader has to know about the run, its repetition of an earlier one included. */
export function notesOf({ notes, duplicateOf }: Pick<RunRow, 'notes' | 'duplicateOf'>): readonly string[] {
  return duplicateOf === null ? notes : [...notes, `did again what ${duplicateOf} had done`];
}

function isLostWhole({ notes }: RunRow): boolean {
  return notes.some((note) => note.startsWith(LOST_WHOLE));
}

type MoneyColumn = Exclude<keyof RunMoney, 'isEstimated' | 'estimatedCost' | 'gpuCost'>;

function moneyCell(
  row: RunMoney & Readonly<{ unpricedGpuHours: number }>,
  column: MoneyColumn,
  currency: string,
): CellView {
  const amount = row[column];
  if (amount === null) return gap(row.unpricedGpuHours > 0 ? UNPRICED : 'unknown');
  return { ...money(amount, currency), isEstimate: column === 'cost' && row.isEstimated };
}

function money(amount: string, currency: string): CellView {
  return { text: formatMoney(amount, currency, 2), exact: exactMoney(amount, currency) };
}

function gap(word: string): CellView {
  return { text: `? ${word}`, isGap: true };
}

function hours(value: number | null): CellView {
  return { text: hoursText(value), exact: value === null ? undefined : `${value} h` };
}

function listed(entries: readonly (readonly [string, string | number])[]): CellView {
  return { text: entries.map(([name, value]) => `${name} ${value}`).join(', ') || UNKNOWN };
}
