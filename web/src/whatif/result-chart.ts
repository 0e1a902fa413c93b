import type { SimulationResult, SimulationTable } from '../../../src/app/results/simulation.ts';
import type { BarsView } from '../frame/bars-view.ts';

/** A figure that can be drawn for every row of a table. */
type ChartMeasure = Readonly<{ column: string; title: string }>;

/**
 * Which columns of the printed tables are worth drawing, best first. Charts show the cells that the command prints; what they draw is
 * the same cells with every digit.
 */
const MEASURES: Readonly<Record<string, readonly string[]>> = {
  'scale-to-zero': ['gpuHoursSaved', 'coldStartsPerReplicaDay', 'netGpuHoursSaved', 'estimatedSaving'],
  commitment: ['savedPercent', 'monthlySaving', 'usePercent'],
  packing: [
    'allocationPercent',
    'allocationPercentAtFullDemand',
    'fragmentationPercent',
    'peakNodes',
    'nodeGpuHours',
    'turnedAway',
    'estimatedCost',
  ],
  batching: ['p99Ms', 'p95Ms', 'meanBatch', 'busyGpuHours', 'replicas', 'p99', 'p95', 'p50'],
  spot: ['meanCost', 'meanSpotHours', 'meanOnDemandHours', 'deadlineMisses'],
  'serving-mix': ['aloneCostPerHour', 'inMix', 'alone'],
  rightsize: ['allOnCost', 'jobs'],
  'serving-configurations': ['costPer1mOutputTokens', 'gpus', 'interTokenLatencyMs'],
};

/** Columns in one unit, drawn beside each other where a table has a single row. */
const ACROSS: Readonly<Record<string, Readonly<{ title: string; columns: readonly string[] }>>> = {
  batching: { title: 'milliseconds', columns: ['meanWaitMs', 'p50Ms', 'p95Ms', 'p99Ms'] },
  autoscaling: { title: 'seconds', columns: ['meanQueueSeconds', 'p95QueueSeconds', 'p99QueueSeconds'] },
  spot: { title: 'hours', columns: ['meanSpotHours', 'meanOnDemandHours'] },
};

const MOST_BARS = 60;
const COLOR = { light: '#126a82', dark: '#7fc4d6' } as const;

/** The charts of a result, the one to show first first; none where there is but one figure of a kind. */
export function viewResultCharts(simulator: string, { tables }: SimulationResult): readonly BarsView[] {
  const [most] = tables.toSorted((a, b) => b.rows.length - a.rows.length);
  if (most === undefined || most.rows.length === 0) return [];
  if (most.rows.length === 1) return acrossView(simulator, most);
  return chartMeasures(simulator, most).map((measure) => viewResultChart(most, measure));
}

/** Measures of the table that are known in some row. */
function chartMeasures(simulator: string, { columns, values }: SimulationTable): readonly ChartMeasure[] {
  return (MEASURES[simulator] ?? []).flatMap((name) => {
    const index = columns.findIndex((column) => column.name === name);
    const isKnown = index > 0 && values.some((row) => numberOf(row[index]) !== null);
    return isKnown ? [{ column: name, title: columns[index]!.title }] : [];
  });
}

function viewResultChart(table: SimulationTable, { column, title }: ChartMeasure): BarsView {
  const index = table.columns.findIndex(({ name }) => name === column);
  const rows = table.rows.slice(0, MOST_BARS);
  const [pointColumn] = table.columns;
  return {
    pointTitle: capital(pointColumn!.title),
    points: pointsOf(rows),
    series: [
      {
        key: column,
        name: title,
        color: COLOR,
        pattern: 'solid',
        heights: rows.map((_, row) => numberOf(table.values[row]![index])),
        texts: rows.map((cells) => cells[index]!),
        whole: table.total?.[index] ?? '',
      },
    ],
    isStacked: false,
    unit: title,
    currency: null,
    wholeTitle: capital(table.total?.[0] ?? 'Choose a bar'),
    summary: summaryOf(table, rows, index, title),
  };
}

/** Where the first cell does not tell rows apart, the second one is said as well. */
function pointsOf(rows: readonly (readonly string[])[]): BarsView['points'] {
  const isUnique = new Set(rows.map(([name]) => name)).size === rows.length;
  return rows.map(([name, second]) => {
    const label = isUnique || !second ? name! : `${name}, ${second}`;
    return { name: label, label };
  });
}

function acrossView(simulator: string, { columns, rows, values }: SimulationTable): readonly BarsView[] {
  const across = ACROSS[simulator];
  const indexes = columns.flatMap(({ name }, index) => (across?.columns.includes(name) ? [index] : []));
  if (across === undefined || indexes.length < 2) return [];
  const texts = indexes.map((index) => rows[0]![index]!);
  const points = indexes.map((index) => ({ name: columns[index]!.title, label: columns[index]!.title }));
  return [
    {
      pointTitle: 'Figure',
      points,
      series: [
        {
          key: simulator,
          name: across.title,
          color: COLOR,
          pattern: 'solid',
          heights: indexes.map((index) => numberOf(values[0]![index])),
          texts,
          whole: '',
        },
      ],
      isStacked: false,
      unit: across.title,
      currency: null,
      wholeTitle: 'Choose a bar',
      summary: `${points.map(({ name }, index) => `${name} ${texts[index]}`).join(', ')}.`,
    },
  ];
}

function summaryOf(
  table: SimulationTable,
  rows: readonly (readonly string[])[],
  index: number,
  title: string,
): string {
  const known = rows.flatMap((cells, row) => {
    const value = numberOf(table.values[row]![index]);
    return value === null ? [] : [{ value, text: `${cells[index]} (${cells[0]})` }];
  });
  if (known.length === 0) return `${capital(title)}: unknown.`;
  const sorted = known.toSorted((a, b) => a.value - b.value);
  if (sorted[0]!.value === sorted.at(-1)!.value)
    return `${capital(title)}: the same in every row, ${known[0]!.text}.`;
  const left = table.rows.length - rows.length;
  const more = left > 0 ? ` ${left} more rows are in the table.` : '';
  return `${capital(title)}: from ${sorted[0]!.text} to ${sorted.at(-1)!.text}.${more}`;
}

function numberOf(value: string | number | null | undefined): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
