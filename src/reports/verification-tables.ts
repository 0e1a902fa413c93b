import type {
  EstimateRange,
  MeasureFigures,
  TakenRecord,
  TakenReport,
  VerificationReport,
} from '../app/results/verification.ts';
import { displayAmount, displayMoney } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';

const MEASURE_COLUMNS: readonly Column[] = [
  { name: 'measure', title: 'measure', kind: 'text' },
  { name: 'expected', title: 'without it', kind: 'text' },
  { name: 'actual', title: 'with it', kind: 'text' },
  { name: 'changePercent', title: 'change %', kind: 'text' },
  { name: 'low', title: 'from %', kind: 'text' },
  { name: 'high', title: 'to %', kind: 'text' },
  { name: 'judgement', title: '', kind: 'text' },
  { name: 'blocksBefore', title: 'before', kind: 'count', importance: 1 },
  { name: 'blocksAfter', title: 'after', kind: 'count', importance: 1 },
];

/** Each measure without the change and with it, below the verdict. */
export function verificationTable(report: VerificationReport): TableModel {
  const { measures, unit, confidence, confidenceOfEach, load } = report;
  const blocks = unit === 'runs' ? 'runs' : 'blocks of 24 h';
  return {
    title: null,
    headline: report.sentence,
    columns: MEASURE_COLUMNS,
    rows: measures.map(measureRow),
    rest: null,
    total: null,
    footnotes: [
      `Change of ${report.at}; ${blocks}, ${report.before.from.slice(0, 10)} to ${report.after.to.slice(0, 10)}. Intervals hold all together at ${number(100 * confidence)} %, each at ${number(100 * confidenceOfEach)} %`,
      load === null
        ? ''
        : `${unit === 'requests' ? 'Requests' : 'GPU-hours'} a day: ${number(load.before)} before, ${number(load.after)} after; the cost is compared at the load after`,
      report.savedSoFar === null ? '' : `So far: ${moneyText(report.savedSoFar, report.currency)}`,
      promiseNote(report),
      ...report.skipped.map(({ reason, blocks: left }) => `Left out (${left}): ${reason}`),
      ...report.notes.map((note) => `Note: ${note}`),
    ],
  };
}

const JUDGEMENTS: Readonly<Record<MeasureFigures['judgement'], string>> = {
  better: 'better',
  worse: 'WORSE',
  no_difference: 'no difference shown',
  not_enough_data: 'too little to compare',
};

function measureRow(measure: MeasureFigures): Row {
  const { changePercent, expected, actual } = measure;
  return {
    measure: cell(measure.kind === 'cost' ? `cost ${measure.unit}` : `${measure.name}, ${measure.unit}`),
    expected: cell(expected && significant(expected)),
    actual: cell(actual && significant(actual)),
    changePercent: cell(changePercent && number(changePercent.expected)),
    low: cell(changePercent && number(changePercent.low)),
    high: cell(changePercent && number(changePercent.high)),
    judgement: cell(JUDGEMENTS[measure.judgement]),
    blocksBefore: cell(measure.blocksBefore),
    blocksAfter: cell(measure.blocksAfter),
  };
}

function promiseNote({ promise, currency }: VerificationReport): string {
  if (promise === null) return '';
  const money = (text: string) => moneyText(text, currency);
  const drift =
    promise.drift === null
      ? ''
      : `, realised ${money(promise.realised!.expected)}, drift ${money(promise.drift)}`;
  return `Promised ${money(promise.promised)} a month${drift}: ${STATES[promise.state]}`;
}

const STATES = {
  exceeded: 'more than promised',
  kept: 'kept',
  short: 'less than promised',
  not_shown: 'no saving shown',
  lost: 'it costs more',
  too_early: 'too early to say',
  no_promise: 'nothing was promised',
} as const;

const TAKEN_COLUMNS: readonly Column[] = [
  { name: 'change', title: 'change', kind: 'text' },
  { name: 'owner', title: 'owner', kind: 'text', importance: 3 },
  { name: 'at', title: 'taken', kind: 'text', importance: 4 },
  { name: 'takenBy', title: 'by', kind: 'text', importance: 2 },
  { name: 'promised', title: 'promised', kind: 'money' },
  { name: 'realised', title: 'realised', kind: 'money' },
  { name: 'range', title: 'range', kind: 'text', importance: 1 },
  { name: 'drift', title: 'drift', kind: 'money' },
  { name: 'state', title: '', kind: 'text' },
];

/** Every change that was recorded: promised, realised, drift. */
export function takenTable(report: TakenReport): TableModel {
  const { promised, realised, drift } = report.total;
  return {
    title: null,
    headline: report.sentence,
    columns: TAKEN_COLUMNS,
    rows: report.rows.map((row) => ({
      change: cell(row.change),
      owner: cell(row.owner),
      at: cell(row.at.slice(0, 10)),
      takenBy: cell(row.takenBy ?? ''),
      promised: cell(row.promised),
      realised: cell(row.realised?.expected ?? null, '~'),
      range: cell(row.realised === null ? '' : rangeText(row.realised)),
      drift: cell(row.drift),
      state: cell(row.verdict === 'degraded' ? 'DEGRADED' : STATES[row.state]),
    })),
    rest: null,
    total:
      report.rows.length === 0
        ? null
        : {
            change: cell('TOTAL of those compared'),
            promised: cell(promised),
            realised: cell(realised, '~'),
            drift: cell(drift),
          },
    footnotes: [`${report.currency} a month of 730 h; tare verify CHANGE shows the comparison behind a row`],
  };
}

/** What was recorded, as one row. */
export function recordTable({ change, at, takenBy, promised, isNew, currency }: TakenRecord): TableModel {
  return {
    title: null,
    headline: `${isNew ? 'Recorded' : 'Known already'}: ${change}, made ${at}`,
    columns: [
      { name: 'change', title: 'change', kind: 'text' },
      { name: 'at', title: 'taken', kind: 'text' },
      { name: 'takenBy', title: 'by', kind: 'text' },
      { name: 'promised', title: 'promised', kind: 'money' },
    ],
    rows: [
      {
        change: cell(change),
        at: cell(at),
        takenBy: cell(takenBy ?? ''),
        promised: cell(promised?.expected ?? null),
      },
    ],
    rest: null,
    total: null,
    footnotes: [`${currency} a month of 730 h; in a week or more, tare verify says what came of it`],
  };
}

function rangeText({ low, high }: EstimateRange): string {
  const whole = (text: string) => displayAmount(parsePicos(text)!.picos, 0);
  return `${whole(low)} – ${whole(high)}`;
}

function moneyText(text: string, currency: string): string {
  return displayMoney(parsePicos(text)!.picos, currency);
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function significant(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
