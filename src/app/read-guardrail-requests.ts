import type { Measure } from '../domain/governance/anomalies/split-excess.ts';
import type { BudgetPeriod } from '../domain/governance/budgets/budget.ts';
import { ENDPOINT } from './anomalies/owner-series.ts';
import { DEFAULT_ANOMALY_DIMENSIONS, MEASURES } from './anomalies/report-anomalies.ts';
import { TareError } from './errors.ts';
import { readInstant, readLedgerDimensions, readWindow } from './read-request.ts';
import type { AnomalyRequest, ForecastRequest } from './tare.ts';

export type AnomalyWords = Readonly<{
  from?: string | undefined;
  to?: string | undefined;
  by?: string | undefined;
  measures?: string | undefined;
}>;

export function readAnomalyRequest({ from, to, by, measures }: AnomalyWords, nowMs: number): AnomalyRequest {
  const words = by === undefined ? [] : split(by);
  const dimensions = words.flatMap((word) => (word === ENDPOINT ? [ENDPOINT] : readOwnerDimension(word)));
  return {
    window: readWindow(from, to, nowMs),
    by: by === undefined ? DEFAULT_ANOMALY_DIMENSIONS : dimensions,
    measures: measures === undefined ? MEASURES : split(measures).map(readMeasure),
  };
}

export function readForecastRequest(
  words: Readonly<{ by?: string | undefined; period?: BudgetPeriod | undefined; at?: string | undefined }>,
  nowMs: number,
): ForecastRequest {
  const dimensions = words.by === undefined ? [] : split(words.by).flatMap(readOwnerDimension);
  if (dimensions.length > 1)
    throw new TareError('usage', 'a forecast is by one dimension', 'write --by team, or --by tag:NAME');
  return {
    by: dimensions[0] ?? null,
    period: words.period ?? 'monthly',
    atMs: words.at === undefined ? null : readInstant(words.at, nowMs),
  };
}

/** A series by the hour of a day is one hour long. */
function readOwnerDimension(word: string) {
  const dimensions = readLedgerDimensions(word);
  if (dimensions.some((dimension) => dimension === 'day' || dimension === 'hour'))
    throw new TareError(
      'unknownDimension',
      `${word} is no owner`,
      'write team, model, environment, workload or tag:NAME',
    );
  return dimensions;
}

function readMeasure(word: string): Measure {
  const measure = MEASURES.find((one) => one.toLowerCase() === word.toLowerCase());
  if (measure) return measure;
  throw new TareError('usage', `"${word}" is no figure`, `write some of ${MEASURES.join(', ')}`);
}

function split(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
