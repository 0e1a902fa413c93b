import { REFERENCE_WEEKS } from '../../domain/governance/anomalies/expected-hours.ts';
import {
  type Episode,
  findEpisodes,
  type Sensitivity,
} from '../../domain/governance/anomalies/find-episodes.ts';
import {
  type AnomalyJudgement,
  anomalyId,
  isSame,
  judgementOf,
  precisionOf,
} from '../../domain/governance/anomalies/judgement.ts';
import { CAUSES, type Measure, mainCause } from '../../domain/governance/anomalies/split-excess.ts';
import { estimateToCents, formatPicos, picosToNumber } from '../../domain/money/picos.ts';
import {
  DAY_MS,
  floorToDay,
  floorToHour,
  formatInstant,
  HOUR_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type { LedgerDimension } from '../../ports/store.ts';
import { checkDimensions } from '../report-ledger.ts';
import type { AnomalyReport, AnomalyRow } from '../results/anomalies.ts';
import type { AnomalyRequest, TareSettings } from '../tare.ts';
import { anomalyMessage } from './anomaly-message.ts';
import { explainExcess } from './explain-excess.ts';
import {
  type AnomalyStore,
  ENDPOINT,
  knownHours,
  ledgerSeries,
  type OwnerSeries,
  requestsByHour,
  unitCostSeries,
  type Valuation,
  valuationOf,
} from './owner-series.ts';

export type AnomalyParts = Readonly<{
  store: AnomalyStore;
  settings: TareSettings;
  sensitivity?: Sensitivity;
}>;

export const DEFAULT_SENSITIVITY: Sensitivity = { fewestExcess: 100, fewestShare: 0.2 };
export const DEFAULT_ANOMALY_DIMENSIONS: readonly string[] = ['team'];
export const MEASURES: readonly Measure[] = ['cost', 'tare', 'unitCost'];

/** What an hour is compared with, and how those hours were themselves expected. */
const HISTORY_DAYS = 112 + REFERENCE_WEEKS * 7;

/** What cost too much in the window, by whom and why, judged with what was known before it. */
export async function reportAnomalies(parts: AnomalyParts, request: AnomalyRequest): Promise<AnomalyReport> {
  const { store, settings } = parts;
  checkDimensions(request.by.filter((name) => name !== ENDPOINT) as LedgerDimension[], settings);
  const [{ ledger: extent }, judgements] = await Promise.all([store.extent(), store.judgements()]);
  const history = extent === null ? null : historyOf(request.window, extent);
  const empty = {
    currency: settings.currency,
    from: formatInstant(request.window.fromMs),
    to: formatInstant(request.window.toMs),
    by: request.by,
    precision: precisionOf(judgements),
    warnings: [],
  };
  if (history === null) return { ...empty, dataUntil: null, rows: [], series: { judged: 0, tooShort: [] } };

  const { all, valuation } = await readSeries(store, history, request);
  const searched = await Promise.all(
    all.map((one) => searchOne(parts, one, request.window, judgements, valuation)),
  );
  const rows = searched.flatMap(({ rows }) => rows);
  return {
    ...empty,
    dataUntil: formatInstant(history.toMs),
    rows: rows
      .map((row) => ({ ...row, within: withinOf(row, rows) }))
      .toSorted((a, b) => compare(b.from, a.from) || compare(a.id, b.id)),
    series: {
      judged: searched.filter(({ isJudged }) => isJudged).length,
      tooShort: searched.flatMap(({ isJudged }, index) => (isJudged ? [] : [nameOf(all[index]!)])),
    },
  };
}

/** Whole hours that the ledger holds, from a whole day on. */
function historyOf(window: TimeWindow, extent: TimeWindow): TimeWindow | null {
  const earliest = Math.ceil(extent.fromMs / DAY_MS) * DAY_MS;
  const fromMs = Math.max(earliest, floorToDay(window.fromMs) - HISTORY_DAYS * DAY_MS);
  const toMs = floorToHour(Math.min(window.toMs, extent.toMs));
  return fromMs < toMs ? { fromMs, toMs } : null;
}

async function readSeries(
  store: AnomalyStore,
  history: TimeWindow,
  { by, measures }: AnomalyRequest,
): Promise<Readonly<{ all: readonly OwnerSeries[]; valuation: Valuation }>> {
  const needsEndpoints = by.includes(ENDPOINT) || measures.includes('unitCost');
  const newest = { fromMs: Math.max(history.fromMs, history.toMs - DAY_MS), toMs: history.toMs };
  const [fleet, newestRows, requests] = await Promise.all([
    store.ledger({ window: history, by: ['hour'] }),
    store.ledger({ window: newest, by: [] }),
    needsEndpoints ? requestsByHour(store, history) : new Map<string, Map<number, number>>(),
  ]);
  const known = knownHours(fleet, history);
  const valuation = valuationOf(newestRows);
  const sums = measures.filter((measure) => measure !== 'unitCost');
  const byLedger = await Promise.all(
    by.map((dimension) =>
      ledgerSeries(store, history, dimension, sums, known, valuation, [...requests.keys()]),
    ),
  );
  const units = measures.includes('unitCost')
    ? await unitCostSeries(store, history, requests, valuation)
    : [];
  return { all: [...byLedger.flat(), ...units], valuation };
}

async function searchOne(
  { store, settings, sensitivity = DEFAULT_SENSITIVITY }: AnomalyParts,
  one: OwnerSeries,
  window: TimeWindow,
  judgements: readonly AnomalyJudgement[],
  valuation: Valuation,
): Promise<Readonly<{ rows: readonly AnomalyRow[]; isJudged: boolean }>> {
  const { startMs } = one.series;
  const hourAt = (ms: number) => Math.floor((ms - startMs) / HOUR_MS);
  const falseAlarms = judgements
    .filter((judgement) => isSame(judgement, one) && judgement.verdict === 'falseAlarm')
    .map(({ fromMs, toMs }) => ({ firstHour: hourAt(fromMs), endHour: hourAt(toMs) }));
  const { episodes, isJudged } = findEpisodes(one.series, sensitivity, falseAlarms);
  const inWindow = episodes.filter(
    ({ firstHour, endHour }) =>
      startMs + endHour * HOUR_MS > window.fromMs && startMs + firstHour * HOUR_MS < window.toMs,
  );
  const rows = await Promise.all(
    inWindow.map(async (episode) => {
      const explained = await explainExcess(store, one, episode, episodes, episode.expected, valuation);
      return toRow(one, episode, explained, judgements, settings.currency);
    }),
  );
  return { rows, isJudged };
}

function toRow(
  { measure, dimension, owner, series }: OwnerSeries,
  { firstHour, endHour, isOngoing, isNewLevel }: Episode,
  { actualPicos, expectedPicos, byCause, resources }: Awaited<ReturnType<typeof explainExcess>>,
  judgements: readonly AnomalyJudgement[],
  currency: string,
): AnomalyRow {
  const span = {
    fromMs: series.startMs + firstHour * HOUR_MS,
    toMs: series.startMs + endHour * HOUR_MS,
  };
  const subject = { measure, dimension, owner };
  const said = judgementOf({ ...subject, ...span }, judgements);
  const row = {
    id: anomalyId({ ...subject, ...span }),
    ...subject,
    from: formatInstant(span.fromMs),
    to: formatInstant(span.toMs),
    isOngoing,
    isNewLevel,
    actual: formatPicos(actualPicos),
    expected: formatPicos(expectedPicos),
    excess: formatPicos(actualPicos - expectedPicos),
    excessFraction:
      expectedPicos === 0n ? null : picosToNumber(actualPicos) / picosToNumber(expectedPicos) - 1,
    cause: mainCause(byCause),
    causes: Object.fromEntries(
      CAUSES.map((cause) => [cause, formatPicos(byCause[cause])]),
    ) as AnomalyRow['causes'],
    resources: resources.slice(0, MOST_RESOURCES).map(({ resource, excessPicos }) => ({
      resource,
      excess: estimateToCents(picosToNumber(excessPicos)),
    })),
    within: null,
    verdict: said?.verdict ?? null,
    note: said?.note ?? null,
    judgedBy: said?.by ?? null,
  };
  return { ...row, message: anomalyMessage(row, currency) };
}

const MOST_RESOURCES = 3;

function withinOf(row: AnomalyRow, rows: readonly AnomalyRow[]): string | null {
  if (row.measure === 'cost') return null;
  const whole = rows.find(
    (one) =>
      one.measure === 'cost' &&
      one.dimension === row.dimension &&
      one.owner === row.owner &&
      one.from < row.to &&
      row.from < one.to,
  );
  return whole?.id ?? null;
}

function nameOf({ measure, dimension, owner }: OwnerSeries): string {
  return `${measure} of ${dimension} ${owner}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
