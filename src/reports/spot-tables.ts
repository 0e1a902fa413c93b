import type { SpotReport, SpotRow } from '../app/results/spot.ts';
import { displayAmount } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';
import { rounded } from './unit-cells.ts';

/** What could have run on spot and what could not; below it the terms of each pool. */
export function spotTables(report: SpotReport): readonly [TableModel, ...TableModel[]] {
  const { rows, pools } = report;
  const table: TableModel = {
    title: null,
    headline: report.sentence,
    columns: COLUMNS,
    rows: rows.map(toCells),
    rest: null,
    total: rows.length === 0 ? null : totalCells(report),
    footnotes: notesOf(report),
  };
  return pools.length === 0 ? [table] : [table, poolTable(report)];
}

const exported = (name: string, title: string, kind: Column['kind']): Column => ({
  name,
  title,
  kind,
  isExportOnly: true,
});

const COLUMNS: readonly Column[] = [
  { name: 'run', title: 'run', kind: 'text' },
  { name: 'workload', title: 'workload', kind: 'text', importance: 9 },
  { name: 'team', title: 'team', kind: 'text', importance: 2 },
  { name: 'gpuModel', title: 'GPU', kind: 'text', importance: 3 },
  { name: 'gpuHours', title: 'GPU-h', kind: 'hours', importance: 4 },
  { name: 'heldCost', title: 'held', kind: 'money' },
  { name: 'spotCost', title: 'on spot', kind: 'money', importance: 8 },
  { name: 'saved', title: 'saved', kind: 'money' },
  { name: 'aloneSaving', title: 'a month', kind: 'money', importance: 7 },
  { name: 'intervalSeconds', title: 'every s', kind: 'count', importance: 1 },
  { name: 'plannedIntervalSeconds', title: 'planned s', kind: 'count', importance: 1 },
  { name: 'spotHours', title: 'h on spot', kind: 'hours', importance: 5 },
  { name: 'deadlineHours', title: 'deadline h', kind: 'hours', importance: 5 },
  { name: 'why', title: '', kind: 'text', importance: 6 },
  exported('verdict', 'verdict', 'text'),
  exported('lever', 'lever', 'text'),
  exported('kind', 'kind', 'text'),
  exported('pool', 'pool', 'text'),
  exported('runs', 'runs', 'count'),
  exported('unpricedGpuHours', 'unpriced', 'hours'),
  exported('savingLow', 'low', 'money'),
  exported('savingHigh', 'high', 'money'),
  exported('startedAt', 'started', 'text'),
  exported('endedAt', 'ended', 'text'),
  exported('durationHours', 'took h', 'hours'),
  exported('spotEndsAt', 'ends', 'text'),
  exported('slackHours', 'slack h', 'hours'),
  exported('checkpoints', 'checkpoints', 'count'),
  exported('checkpointSeconds', 'checkpoint s', 'count'),
  exported('interruptions', 'interruptions', 'count'),
  exported('lostSecondsNow', 'lost now s', 'count'),
  exported('lostSecondsPlanned', 'lost planned s', 'count'),
];

function toCells(row: SpotRow): Row {
  const { runId, verdict, why, aloneSaving, unpricedGpuHours } = row;
  const seconds = (value: number | null) => ({
    value,
    ...(value !== null && { printed: rounded(value) }),
  });
  return {
    run: cell(runId ?? row.workload),
    workload: cell(row.workload),
    team: cell(row.team),
    gpuModel: cell(row.gpuModel),
    gpuHours: cell(row.gpuHours),
    heldCost: cell(row.heldCost, unpricedGpuHours > 0 ? '?' : undefined),
    spotCost: cell(row.spotCost, row.spotCost === null ? undefined : '~'),
    saved: cell(row.saved, row.saved === null ? undefined : '~'),
    aloneSaving: cell(aloneSaving?.expected ?? null, aloneSaving === null ? undefined : '~'),
    intervalSeconds: seconds(row.intervalSeconds),
    plannedIntervalSeconds: seconds(row.plannedIntervalSeconds),
    spotHours: cell(row.spotHours),
    deadlineHours: cell(row.deadlineHours),
    why: cell(verdict === 'could' ? why : `no: ${why}`),
    verdict: cell(verdict),
    lever: cell(row.lever),
    kind: cell(row.kind),
    pool: cell(row.pool),
    runs: cell(row.runs),
    unpricedGpuHours: cell(unpricedGpuHours),
    savingLow: cell(aloneSaving?.low ?? null),
    savingHigh: cell(aloneSaving?.high ?? null),
    startedAt: cell(row.startedAt),
    endedAt: cell(row.endedAt),
    durationHours: cell(row.durationHours),
    spotEndsAt: cell(row.spotEndsAt),
    slackHours: cell(row.slackHours),
    checkpoints: cell(row.checkpoints),
    checkpointSeconds: cell(row.checkpointSeconds),
    interruptions: cell(row.interruptions),
    lostSecondsNow: cell(row.lostSecondsNow),
    lostSecondsPlanned: cell(row.lostSecondsPlanned),
  };
}

function totalCells({ total }: SpotReport): Row {
  const empty = Object.fromEntries(COLUMNS.map(({ name }) => [name, { value: null, printed: '' }]));
  return {
    ...empty,
    run: cell('TOTAL'),
    gpuHours: cell(total.gpuHours),
    heldCost: cell(total.heldCost),
    spotCost: cell(total.spotCost, '~'),
    saved: cell(total.saved, '~'),
    aloneSaving: cell(total.aloneSaving.expected, '~'),
    savingLow: cell(total.aloneSaving.low),
    savingHigh: cell(total.aloneSaving.high),
  };
}

function notesOf({ currency, period, total, rows, offset, nextOffset, refused }: SpotReport): string[] {
  const amount = (text: string) => displayAmount(parsePicos(text)!.picos, 2);
  return [
    `${currency}; held, on spot and saved are of the ${period.days.toFixed(0)} days from ${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}, "a month" is of ${period.hoursPerMonth} h; what spot would have cost is an estimate`,
    ...(rows.length < total.rows
      ? [
          `rows ${offset + 1} to ${offset + rows.length} of ${total.rows}${nextOffset === null ? '' : `; the next begin with --offset ${nextOffset}`}`,
        ]
      : []),
    ...refused.map(
      ({ why, workloads, heldCost }) => `Not on spot, ${amount(heldCost)}: ${why} (${some(workloads)})`,
    ),
  ];
}

const MOST_NAMES = 5;

function some(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

function poolTable({ pools }: SpotReport): TableModel {
  return {
    title: 'pools',
    headline: null,
    columns: [
      { name: 'id', title: 'lever', kind: 'text' },
      { name: 'gpuModel', title: 'GPU', kind: 'text' },
      { name: 'onDemandPerGpuHour', title: 'on demand', kind: 'money' },
      { name: 'spotPerGpuHour', title: 'spot', kind: 'money' },
      { name: 'hoursBetween', title: 'taken every h', kind: 'hours' },
      { name: 'checkpointSeconds', title: 'checkpoint s', kind: 'count' },
      { name: 'youngSeconds', title: 'Young s', kind: 'count', importance: 1 },
      { name: 'dalySeconds', title: 'Daly s', kind: 'count' },
      { name: 'wasted', title: 'wasted', kind: 'percent' },
      { name: 'aloneSaving', title: 'a month', kind: 'money' },
    ],
    rows: pools.map((pool) => ({
      id: cell(pool.id),
      gpuModel: cell(pool.gpuModel),
      onDemandPerGpuHour: cell(pool.onDemandPerGpuHour),
      spotPerGpuHour: cell(pool.spotPerGpuHour),
      hoursBetween: cell(pool.hoursBetweenPreemptions, pool.isMeasured ? undefined : '~'),
      checkpointSeconds: cell(pool.checkpointSeconds, pool.checkpointsMeasured > 0 ? undefined : '~'),
      youngSeconds: { value: pool.youngSeconds, printed: rounded(pool.youngSeconds) },
      dalySeconds: cell(pool.dalySeconds),
      wasted: cell(pool.wastedPercent / 100),
      aloneSaving: cell(pool.aloneSaving.expected, '~'),
    })),
    rest: null,
    total: null,
    footnotes: [
      '~ is stated, not measured: too few preemptions were seen, or no run says how long its checkpoint takes',
      ...pools.map(
        ({ id, priceSource, priceReference }) =>
          `spot price of ${id}: ${priceReference === null ? priceSource : `${priceReference} (${priceSource})`}`,
      ),
    ],
  };
}
