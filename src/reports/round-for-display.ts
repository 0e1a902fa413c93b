/**
 * The one place where figures are rounded to be printed, so that printed parts add up to the printed whole.
 *
 * Everything is exact integers: values in any unit, and the step to round to (a cent in picos). Results are counts of steps.
 */
export type RoundedTable = Readonly<{
  cells: readonly (readonly bigint[])[];
  rows: readonly bigint[];
  columns: readonly bigint[];
  total: bigint;
}>;

/**
 * Rounds a table with its row sums, column sums and total, all of which add up afterwards.
 *
 * The total is rounded as usual (half to even). Row sums and column sums are then rounded by largest remainder to add up to it, and
 * the cells to add up to both; each cell is rounded down or up, and only where no such table exists by a step more.
 */
export function roundTable(values: readonly (readonly bigint[])[], step: bigint): RoundedTable {
  const width = values[0]?.length ?? 0;
  const rowSums = values.map(sum);
  const columnSums = Array.from({ length: width }, (_, column) => sum(values.map((row) => row[column]!)));
  const total = roundToStep(sum(rowSums), step);
  const rows = roundParts(rowSums, step, total);
  const columns = roundParts(columnSums, step, total);
  return { cells: fillCells(values, step, rows, columns), rows, columns, total };
}

/** Rounds parts to add up to an already rounded whole: all down, then the largest remainders up, the first of equals first. */
export function roundParts(values: readonly bigint[], step: bigint, whole: bigint): bigint[] {
  const parts = values.map((value) => floorDivide(value, step));
  const left = whole - sum(parts);
  const neediestFirst = values
    .map((value, index) => ({ index, remainder: value - parts[index]! * step }))
    .sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index);
  for (const { index } of neediestFirst.slice(0, Number(left))) parts[index]! += 1n;
  return parts;
}

/** Half to even, as everywhere. */
export function roundToStep(value: bigint, step: bigint): bigint {
  const down = floorDivide(value, step);
  const doubled = (value - down * step) * 2n;
  return doubled > step || (doubled === step && down % 2n !== 0n) ? down + 1n : down;
}

type Filling = {
  cells: bigint[][];
  /** What is left of each exact cell after rounding down; zero for a cell that is exact and must stay so. */
  remainders: bigint[][];
  isUp: boolean[][];
  rowNeeds: bigint[];
  columnNeeds: bigint[];
};

function fillCells(
  values: readonly (readonly bigint[])[],
  step: bigint,
  rows: readonly bigint[],
  columns: readonly bigint[],
): bigint[][] {
  const cells = values.map((row) => row.map((value) => floorDivide(value, step)));
  const filling: Filling = {
    cells,
    remainders: values.map((row, y) => row.map((value, x) => value - cells[y]![x]! * step)),
    isUp: values.map((row) => row.map(() => false)),
    rowNeeds: rows.map((row, y) => row - sum(cells[y]!)),
    columnNeeds: columns.map((column, x) => column - sum(cells.map((row) => row[x]!))),
  };
  roundUpNeediest(filling);
  for (const y of rows.keys()) {
    while (filling.rowNeeds[y]! > 0n && roundUpSomewhere(filling, y, new Set())) filling.rowNeeds[y]! -= 1n;
  }
  settleRest(filling);
  return cells;
}

function roundUpNeediest(filling: Filling): void {
  const { remainders, rowNeeds, columnNeeds } = filling;
  const candidates = remainders
    .flatMap((row, y) => row.map((remainder, x) => ({ remainder, y, x })))
    .filter(({ remainder }) => remainder > 0n)
    .sort((a, b) => compare(b.remainder, a.remainder) || a.y - b.y || a.x - b.x);
  for (const { y, x } of candidates) {
    if (rowNeeds[y]! <= 0n || columnNeeds[x]! <= 0n) continue;
    roundUp(filling, y, x);
    rowNeeds[y]! -= 1n;
    columnNeeds[x]! -= 1n;
  }
}

/** Finds a column for one more step of a row, moving steps of other rows out of the way (an augmenting path). */
function roundUpSomewhere(filling: Filling, y: number, visited: Set<number>): boolean {
  for (const [x, remainder] of filling.remainders[y]!.entries()) {
    if (remainder === 0n || filling.isUp[y]![x] || visited.has(x)) continue;
    visited.add(x);
    if (filling.columnNeeds[x]! > 0n) {
      filling.columnNeeds[x]! -= 1n;
      roundUp(filling, y, x);
      return true;
    }
    for (const other of filling.cells.keys()) {
      if (!filling.isUp[other]![x] || !roundUpSomewhere(filling, other, visited)) continue;
      filling.isUp[other]![x] = false;
      filling.cells[other]![x]! -= 1n;
      roundUp(filling, y, x);
      return true;
    }
  }
  return false;
}

function roundUp({ cells, isUp }: Filling, y: number, x: number): void {
  cells[y]![x]! += 1n;
  isUp[y]![x] = true;
}

/** Rarely the sums, each rounded well, allow no table whose cells are all rounded down or up; what is missing goes where it must. */
function settleRest({ cells, rowNeeds, columnNeeds }: Filling): void {
  for (const y of rowNeeds.keys()) {
    for (const x of columnNeeds.keys()) {
      const [steps = 0n] = [rowNeeds[y]!, columnNeeds[x]!].sort(compare);
      cells[y]![x]! += steps;
      rowNeeds[y]! -= steps;
      columnNeeds[x]! -= steps;
    }
  }
}

function floorDivide(value: bigint, step: bigint): bigint {
  const quotient = value / step;
  return value < 0n && quotient * step !== value ? quotient - 1n : quotient;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
