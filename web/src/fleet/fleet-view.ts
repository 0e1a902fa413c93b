import type { FleetReport } from '../../../src/app/results/fleet.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { formatShortDay, formatShortInstant, formatWindow } from '../format/dates.ts';
import { countOf, formatGpuHours, formatPercent } from '../format/quantity.ts';

export type HeatCell = Readonly<{
  /** 0–1; `null`: nothing was paid for. */
  share: number | null;
  text: string;
}>;

export type HeatColumn = Readonly<{
  key: string;
  /** What stands above it; most columns of many have none. */
  label: string | null;
  name: string;
}>;

/** The order of the server's cells. */
export const CELL_ORDER: readonly Bucket[] = [
  'unobserved',
  'unallocated',
  'idle',
  'underused',
  'lost',
  'productive',
];
/** Above more columns than these not every one has a label. */
const MOST_LABELS = 8;

export function viewColumns({ columns }: FleetReport): readonly HeatColumn[] {
  const step = Math.ceil(columns.length / MOST_LABELS);
  const isByHour = columns.length > 0 && hoursOf(columns[Math.floor(columns.length / 2)]!) <= 1;
  return columns.map(({ from, to }, index) => ({
    key: from,
    label: index % step === 0 ? (isByHour ? formatShortInstant(from) : formatShortDay(from)) : null,
    name: isByHour ? formatShortInstant(from) : formatWindow(from, to),
  }));
}

/** How much of what was paid for in a column was in the bucket. */
export function viewCell(cell: readonly number[] | null, bucket: Bucket): HeatCell {
  if (cell === null) return { share: null, text: 'nothing paid for' };
  const gross = cell.reduce((sum, hours) => sum + hours, 0);
  if (gross === 0) return { share: null, text: 'nothing paid for' };
  const share = cell[CELL_ORDER.indexOf(bucket)]! / gross;
  const parts = CELL_ORDER.map((name, index) => ({ name, hours: cell[index]! }))
    .filter(({ hours }) => hours > 0)
    .toSorted((a, b) => b.hours - a.hours)
    .map(({ name, hours }) => `${name} ${formatPercent(hours / gross)}`);
  return { share, text: `${parts.join(', ')} of ${formatGpuHours(gross)}` };
}

/** Five steps of a colour can be told apart; more cannot. */
export function stepOf(share: number | null): 0 | 1 | 2 | 3 | 4 | 5 | null {
  if (share === null) return null;
  return share === 0 ? 0 : (Math.min(5, Math.floor(share * 5) + 1) as 1 | 2 | 3 | 4 | 5);
}

function hoursOf({ from, to }: Readonly<{ from: string; to: string }>): number {
  return (Date.parse(to) - Date.parse(from)) / 3_600_000;
}

/** `14 nodes`, those that are not listed among them. */
export function machinesText({ rows, rest, by }: FleetReport): string {
  return countOf(rows.length + (rest?.rows ?? 0), by);
}
