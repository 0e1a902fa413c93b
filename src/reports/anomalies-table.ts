import type { AnomalyReport, AnomalyRow } from '../app/results/anomalies.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** The newest first; a part of another anomaly says of which. */
export function anomaliesTable(report: AnomalyReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: report.rows.map((row) => ({
      from: { value: row.from, printed: row.from.slice(0, 16).replace('T', ' ') },
      hours: cell((Date.parse(row.to) - Date.parse(row.from)) / 3_600_000),
      figure: { value: row.measure, printed: FIGURES[row.measure] },
      owner: { value: row.owner, printed: `${row.dimension} ${row.owner}` },
      expected: cell(row.expected),
      excess: cell(row.excess),
      cause: { value: row.cause, printed: CAUSES[row.cause] },
      state: { value: row.verdict, printed: stateOf(row) },
      id: cell(row.id),
      within: cell(row.within),
      message: cell(row.message),
    })),
    rest: null,
    total: null,
    footnotes: footnotesOf(report),
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'from', title: 'Since', kind: 'text' },
  { name: 'hours', title: 'Hours', kind: 'count', importance: 1 },
  { name: 'figure', title: 'Figure', kind: 'text', importance: 4 },
  { name: 'owner', title: 'Owner', kind: 'text' },
  { name: 'expected', title: 'Expected', kind: 'money', importance: 2 },
  { name: 'excess', title: 'Too much', kind: 'money' },
  { name: 'cause', title: 'Cause', kind: 'text' },
  { name: 'state', title: 'State', kind: 'text', importance: 3 },
  { name: 'id', title: 'Id', kind: 'text', importance: 5 },
  { name: 'within', title: 'Within', kind: 'text', isExportOnly: true },
  { name: 'message', title: 'Message', kind: 'text', isExportOnly: true },
];

const FIGURES = { cost: 'cost', tare: 'tare', unitCost: 'unit cost' } as const;
const CAUSES = {
  price: 'price',
  volume: 'volume',
  mix: 'mix',
  utilisation: 'utilisation',
  newResource: 'new resource',
  charges: 'charges',
} as const;
const VERDICTS = { acknowledged: 'acknowledged', expected: 'expected', falseAlarm: 'false alarm' } as const;

function stateOf({ isOngoing, isNewLevel, within, verdict }: AnomalyRow): string {
  return [
    isOngoing ? 'goes on' : isNewLevel ? 'new level' : 'over',
    ...(within === null ? [] : ['part of its cost']),
    ...(verdict === null ? [] : [VERDICTS[verdict]]),
  ].join(', ');
}

function footnotesOf({ rows, currency, dataUntil, series, precision, warnings }: AnomalyReport): string[] {
  if (dataUntil === null) return ['The ledger is empty: nothing can be out of the ordinary yet.'];
  const until = dataUntil.slice(0, 16).replace('T', ' ');
  return [
    rows.length === 0
      ? `Nothing out of the ordinary until ${until} UTC, in ${series.judged} series.`
      : `In ${currency}, until ${until} UTC; ${series.judged} series were looked at.`,
    ...(series.tooShort.length > 0
      ? [
          `Too little is known yet of ${series.tooShort.length} series, such as the ${series.tooShort[0]}: seven weeks of hours are needed, with a price and, for tare, with samples.`,
        ]
      : []),
    ...(precision.judged > 0
      ? [
          `Of ${precision.judged} that were judged, ${precision.falseAlarms} were false alarms (precision ${Math.round((precision.precision ?? 0) * 100)} %).`,
        ]
      : []),
    ...warnings.map(({ message }) => `${message}.`),
  ];
}
