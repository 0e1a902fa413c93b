import type {
  HardwareOptionFigures,
  HardwarePrice,
  HardwareReport,
  HardwareTargetFigures,
} from '../app/results/hardware.ts';
import { type Cell, type Column, cell, type Row, type TableModel } from './table-model.ts';
import { measureCell, unitCell } from './unit-cells.ts';

/** Each workload on each kind of GPU, one row for both; below it what those kinds are offered for. */
export function hardwareTables(report: HardwareReport): readonly [TableModel, ...TableModel[]] {
  const table: TableModel = {
    title: null,
    headline: report.sentence,
    columns: COLUMNS,
    rows: report.rows.flatMap((target) => target.options.map((option) => toCells(target, option))),
    rest: null,
    total: null,
    footnotes: notesOf(report),
  };
  return report.prices.length === 0 ? [table] : [table, priceTable(report)];
}

const exported = (name: string, kind: Column['kind']): Column => ({
  name,
  title: name,
  kind,
  isExportOnly: true,
});

const COLUMNS: readonly Column[] = [
  { name: 'workload', title: 'workload', kind: 'text' },
  { name: 'gpuModel', title: 'GPU', kind: 'text' },
  { name: 'mark', title: '', kind: 'text' },
  { name: 'memoryGib', title: 'GiB', kind: 'count', importance: 2 },
  { name: 'speed', title: 'speed', kind: 'text', importance: 6 },
  { name: 'perGpuHour', title: 'GPU-hour', kind: 'count', importance: 5 },
  { name: 'cost', title: 'a month', kind: 'money', importance: 9 },
  { name: 'costPerRun', title: 'a run', kind: 'count', importance: 3 },
  { name: 'costPer1kRequests', title: 'per 1k', kind: 'count', importance: 4 },
  { name: 'costPer1mTokens', title: 'per 1M tokens', kind: 'count', importance: 1 },
  { name: 'saving', title: 'saved', kind: 'money', importance: 8 },
  { name: 'why', title: 'why not', kind: 'text', importance: 7 },
  exported('kind', 'text'),
  exported('owner', 'text'),
  exported('provider', 'text'),
  exported('current', 'text'),
  exported('needsGib', 'count'),
  exported('fits', 'text'),
  exported('speedExpected', 'count'),
  exported('speedLow', 'count'),
  exported('speedHigh', 'count'),
  exported('speedSource', 'text'),
  exported('priceSource', 'text'),
  exported('priceReference', 'text'),
  exported('p99Ms', 'count'),
  exported('worstP99Ms', 'count'),
  exported('isLatencyMet', 'text'),
  exported('lever', 'text'),
];

function toCells(target: HardwareTargetFigures, option: HardwareOptionFigures): Row {
  const { speed, isCurrent } = option;
  const isEstimated = speed !== null && !speed.isMeasured;
  const money = (text: string | null): Cell => cell(text, text !== null && !isCurrent ? '~' : undefined);
  return {
    workload: cell(target.workload),
    gpuModel: cell(option.gpuModel),
    mark: cell(marksOf(option)),
    memoryGib: cell(option.memoryGib),
    speed: cell(speedText(speed), isEstimated ? '~' : undefined),
    perGpuHour: unitCell(option.perGpuHour),
    cost: money(option.cost),
    costPerRun: unitCell(option.costPerRun),
    costPer1kRequests: unitCell(option.costPer1kRequests),
    costPer1mTokens: unitCell(option.costPer1mTokens),
    saving: money(option.saving),
    why: cell(option.why ?? ''),
    kind: cell(target.kind),
    owner: cell(target.owner),
    provider: cell(target.provider),
    current: cell(target.gpuModel),
    needsGib: cell(target.memoryGib),
    fits: cell(yesNo(option.fits)),
    speedExpected: cell(speed?.expected ?? null),
    speedLow: cell(speed?.low ?? null),
    speedHigh: cell(speed?.high ?? null),
    speedSource: cell(speed?.source ?? null),
    priceSource: cell(option.priceSource),
    priceReference: cell(option.priceReference),
    p99Ms: measureCell(option.p99Ms?.expected ?? null),
    worstP99Ms: measureCell(option.p99Ms?.worst ?? null),
    isLatencyMet: cell(yesNo(option.isLatencyMet)),
    lever: cell(option.isProposed ? target.lever : null),
  };
}

function marksOf({ isCurrent, isCheapest, isProposed }: HardwareOptionFigures): string {
  return [isCurrent && 'now', isCheapest && 'cheapest', isProposed && 'proposed'].filter(Boolean).join(', ');
}

function speedText(speed: HardwareOptionFigures['speed']): string | null {
  if (speed === null) return null;
  const { low, expected, high, isMeasured } = speed;
  const range = isMeasured ? '' : ` (${low.toFixed(2)}–${high.toFixed(2)})`;
  return `${expected.toFixed(2)}×${range}`;
}

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}

function notesOf({ currency, period, rows, total, offset, nextOffset, missing }: HardwareReport): string[] {
  const trials = rows.flatMap(({ workload, toMeasure }) =>
    toMeasure === null ? [] : [`To try first, ${workload}: ${toMeasure}`],
  );
  return [
    `${currency} a month of ${period.hoursPerMonth} h, estimated from ${period.days.toFixed(0)} days (${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}); speeds against the present GPU, ~ by the roofs of both chips with the range`,
    ...(rows.length < total.targets
      ? [
          `workloads ${offset + 1} to ${offset + rows.length} of ${total.targets}${nextOffset === null ? '' : `; the next begin with --offset ${nextOffset}`}`,
        ]
      : []),
    ...trials,
    ...notCompared(missing),
  ];
}

function notCompared(missing: HardwareReport['missing']): string[] {
  const byReason = new Map<string, Set<string>>();
  for (const { reason, workload } of missing)
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(workload));
  return [...byReason].map(([reason, workloads]) => `Not compared (${[...workloads].join(', ')}): ${reason}`);
}

const PRICE_COLUMNS: readonly Column[] = [
  { name: 'gpuModel', title: 'GPU', kind: 'text' },
  { name: 'provider', title: 'provider', kind: 'text' },
  { name: 'lifecycle', title: 'bought', kind: 'text' },
  { name: 'perGpuHour', title: 'GPU-hour from', kind: 'count' },
  { name: 'region', title: 'region', kind: 'text', importance: 3 },
  { name: 'instanceType', title: 'machine', kind: 'text', importance: 2 },
  { name: 'offers', title: 'offers', kind: 'count', importance: 1 },
  { name: 'checked', title: 'checked', kind: 'text', importance: 5 },
  { name: 'source', title: 'source', kind: 'text', importance: 4 },
];

function priceTable({ prices, currency }: HardwareReport): TableModel {
  return {
    title: 'prices',
    headline: null,
    columns: PRICE_COLUMNS,
    rows: prices.map(priceCells),
    rest: null,
    total: null,
    footnotes: [
      `${currency} for a GPU-hour: the cheapest offer of each on the list; ~ was not compared line by line`,
    ],
  };
}

function priceCells(price: HardwarePrice): Row {
  const { lifecycle, term, confidence } = price;
  return {
    gpuModel: cell(price.gpuModel),
    provider: cell(price.provider),
    lifecycle: cell(term === null ? lifecycle : `${lifecycle} ${term}`),
    perGpuHour: {
      ...unitCell(price.perGpuHour),
      ...(confidence === 'approximate' && { mark: '~' as const }),
    },
    region: cell(price.region),
    instanceType: cell(price.instanceType),
    offers: cell(price.offers),
    checked: cell(price.checked),
    source: cell(price.source),
  };
}
