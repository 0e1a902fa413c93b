import type { TrafficFact } from '../../domain/facts/facts.ts';
import type { ReadSummary, Warning } from '../../ports/source.ts';
import type { Interpretation } from './interpret-series.ts';

export function newSummary(): ReadSummary {
  return { rowsRead: 0, rejects: [], warnings: [], totals: {} };
}

/** The same warning again only counts. */
export function addWarning(summary: ReadSummary, { code, message, count }: Warning): void {
  const at = summary.warnings.findIndex((known) => known.code === code && known.message === message);
  const known = summary.warnings[at];
  if (known) summary.warnings[at] = { ...known, count: known.count + count };
  else summary.warnings.push({ code, message, count });
}

/** Adds what one window yielded: samples of devices and GPU-hours that are paid for and held. */
export function addInterpretation(summary: ReadSummary, { batch, warnings }: Interpretation): void {
  for (const warning of warnings) addWarning(summary, warning);
  add(summary, 'deviceSamples', batch.usage.length);
  add(summary, 'capacityIntervals', batch.capacity.length);
  add(summary, 'allocationIntervals', batch.allocations.length);
}

/** Requests and tokens that servers counted; nothing where there are none. */
export function addTraffic(summary: ReadSummary, traffic: readonly TrafficFact[]): void {
  if (traffic.length === 0) return;
  const sum = (of: (fact: TrafficFact) => number | null) =>
    traffic.reduce((total, fact) => total + (of(fact) ?? 0), 0);
  add(
    summary,
    'requests',
    sum(({ requests }) => requests),
  );
  add(
    summary,
    'inputTokens',
    sum(({ tokens }) => tokens.input),
  );
  add(
    summary,
    'outputTokens',
    sum(({ tokens }) => tokens.output),
  );
}

function add(summary: ReadSummary, name: string, count: number): void {
  summary.totals[name] = Number(summary.totals[name] ?? 0) + count;
}
