import type { EpochMs } from '../../time/window.ts';
import type { Measure } from './split-excess.ts';

export const VERDICTS = ['acknowledged', 'expected', 'falseAlarm'] as const;

/**
 * What someone said of an anomaly. `acknowledged`: it is one, and someone sees to it. `expected`: it is one, and was planned.
 * `falseAlarm`: it is none, and hours like it are usual.
 */
export type Verdict = (typeof VERDICTS)[number];

/** Whose figure it is: `cost` of team `search`. */
export type Subject = Readonly<{ measure: Measure; dimension: string; owner: string }>;

/** Key: subject and start. The last one said of a stretch counts. */
export type AnomalyJudgement = Subject &
  Readonly<{
    fromMs: EpochMs;
    toMs: EpochMs;
    verdict: Verdict;
    note: string | null;
    by: string | null;
    atMs: EpochMs;
  }>;

export type Precision = Readonly<{
  judged: number;
  acknowledged: number;
  expected: number;
  falseAlarms: number;
  /** Share of the judged that were no false alarms; `null` when nothing was judged. */
  precision: number | null;
}>;

export function precisionOf(judgements: readonly Pick<AnomalyJudgement, 'verdict'>[]): Precision {
  const count = (verdict: Verdict) => judgements.filter((one) => one.verdict === verdict).length;
  const [acknowledged, expected, falseAlarms] = [
    count('acknowledged'),
    count('expected'),
    count('falseAlarm'),
  ];
  const judged = judgements.length;
  return {
    judged,
    acknowledged,
    expected,
    falseAlarms,
    precision: judged === 0 ? null : (judged - falseAlarms) / judged,
  };
}

/** As more hours become known, the start of an anomaly may move by some; what was said of it still holds. */
export function judgementOf(
  subject: Subject & Readonly<{ fromMs: EpochMs; toMs: EpochMs }>,
  judgements: readonly AnomalyJudgement[],
): AnomalyJudgement | null {
  const said = judgements.filter(
    (one) => isSame(one, subject) && one.fromMs < subject.toMs && subject.fromMs < one.toMs,
  );
  return said.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;
}

export function isSame(a: Subject, b: Subject): boolean {
  return a.measure === b.measure && a.dimension === b.dimension && a.owner === b.owner;
}

/** `cost/team/search@2026-10-14T09`; an owner may hold slashes. */
export function anomalyId({ measure, dimension, owner, fromMs }: Subject & { fromMs: EpochMs }): string {
  return `${measure}/${dimension}/${owner}@${new Date(fromMs).toISOString().slice(0, 13)}`;
}

const ID = /^(cost|tare|unitCost)\/([^/]+)\/(.*)@(\d{4}-\d{2}-\d{2}T\d{2})$/s;

export function parseAnomalyId(id: string): (Subject & Readonly<{ fromMs: EpochMs }>) | undefined {
  const [, measure, dimension, owner, hour] = ID.exec(id) ?? [];
  const fromMs = Date.parse(`${hour}:00:00Z`);
  if (measure === undefined || dimension === undefined || owner === undefined || Number.isNaN(fromMs)) return;
  return { measure: measure as Measure, dimension, owner, fromMs };
}
