import type { LedgerFigures, Overview } from '../../../src/app/results/results.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { isEstimated, unpricedShare } from '../ledger/figures.ts';
import type { PrintedFigures } from '../ledger/printed-figures.ts';
import { addPrinted, printTable } from '../ledger/printed-figures.ts';

/** Held by a workload that no rule gives an owner; paid for and held by no workload. Both are always shown. */
export const UNTAGGED = 'untagged';
export const NOBODY = 'nobody';

export const OWNERLESS_MEANINGS: Readonly<Record<string, string>> = {
  [UNTAGGED]: 'held by workloads that no rule gives an owner',
  [NOBODY]: 'paid for and held by no workload',
};

export type TeamRow = Readonly<{
  team: string;
  /** How many teams the row stands for, when it is the sum of those left out. */
  teams: number | null;
  figures: LedgerFigures | null;
  printed: PrintedFigures;
  gpuHours: number;
  tareFraction: number | null;
  isEstimated: boolean;
  unpriced: 'none' | 'some' | 'all';
  unpricedGpuHours: number;
}>;

export type TeamColumn = 'team' | 'gpuHours' | 'gross' | 'tare' | 'direct' | 'shared' | 'total' | Bucket;
export type TeamOrder = Readonly<{ column: TeamColumn; isDescending: boolean }>;
export type TeamsView = Readonly<{ rows: readonly TeamRow[]; rest: TeamRow | null; total: TeamRow }>;

/** Showback: one row per team in the order asked for, the ownerless always among them, and the sum of what `most` left out. */
export function viewTeams(overview: Overview, order: TeamOrder, most: number): TeamsView {
  const teams = withOwnerless(overview.teams);
  const table = printTable(teams, overview.total, 2);
  const rows = teams
    .map((figures, index) => teamRow(figures.team, figures, table.rows[index]!))
    .sort((a, b) => compareRows(a, b, order));
  const kept = keep(rows, most);
  const left = rows.filter((row) => !kept.includes(row));
  return {
    rows: kept,
    rest: left.length === 0 ? null : restRow(left),
    total: teamRow('Total', overview.total, table.total),
  };
}

const NOTHING: LedgerFigures = {
  gpuHours: { gross: 0, unobserved: 0, unallocated: 0, idle: 0, underused: 0, lost: 0, productive: 0 },
  cost: {
    gross: '0.00',
    unobserved: '0.00',
    unallocated: '0.00',
    idle: '0.00',
    underused: '0.00',
    lost: '0.00',
    productive: '0.00',
  },
  direct: '0.00',
  shared: '0.00',
  totalCost: '0.00',
  tareFraction: null,
  unpricedGpuHours: 0,
  estimatedCost: '0.00',
};

function withOwnerless(teams: Overview['teams']): Overview['teams'] {
  const missing = [UNTAGGED, NOBODY].filter((name) => !teams.some(({ team }) => team === name));
  return [...teams, ...missing.map((team) => ({ ...NOTHING, team }))];
}

function teamRow(team: string, figures: LedgerFigures, printed: PrintedFigures): TeamRow {
  return {
    team,
    teams: null,
    figures,
    printed,
    gpuHours: figures.gpuHours.gross,
    tareFraction: figures.tareFraction,
    isEstimated: isEstimated(figures),
    unpriced: unpricedShare(figures),
    unpricedGpuHours: figures.unpricedGpuHours,
  };
}

function keep(rows: readonly TeamRow[], most: number): readonly TeamRow[] {
  if (rows.length <= most) return rows;
  const isOwnerless = (row: TeamRow): boolean => row.team in OWNERLESS_MEANINGS;
  const named = rows.filter((row) => !isOwnerless(row)).slice(0, most);
  return rows.filter((row) => isOwnerless(row) || named.includes(row));
}

function restRow(left: readonly TeamRow[]): TeamRow {
  const printed = addPrinted(left.map((row) => row.printed));
  const productive = Number(printed.buckets.productive);
  const sum = (pick: (row: TeamRow) => number): number => left.reduce((total, row) => total + pick(row), 0);
  const unpricedGpuHours = sum((row) => row.unpricedGpuHours);
  return {
    team: `${left.length} more`,
    teams: left.length,
    figures: null,
    printed,
    gpuHours: sum((row) => row.gpuHours),
    tareFraction: printed.gross === 0n ? null : 1 - productive / Number(printed.gross),
    isEstimated: left.some((row) => row.isEstimated),
    unpriced: unpricedGpuHours > 0 ? (left.every((row) => row.unpriced === 'all') ? 'all' : 'some') : 'none',
    unpricedGpuHours,
  };
}

function compareRows(a: TeamRow, b: TeamRow, { column, isDescending }: TeamOrder): number {
  const direction = isDescending ? -1 : 1;
  if (column === 'team') return direction * a.team.localeCompare(b.team, 'en');
  const [left, right] = [sortKey(a, column), sortKey(b, column)];
  // What nobody knows stays at the end, whichever way the rest is turned.
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return left === right ? a.team.localeCompare(b.team, 'en') : direction * (left < right ? -1 : 1);
}

function sortKey(row: TeamRow, column: Exclude<TeamColumn, 'team'>): number | bigint | null {
  if (column === 'gpuHours') return row.gpuHours;
  if (column === 'tare') return row.tareFraction;
  return isBucketColumn(column) ? row.printed.buckets[column] : row.printed[column];
}

function isBucketColumn(column: string): column is Bucket {
  return BUCKETS.some((bucket) => bucket === column);
}
