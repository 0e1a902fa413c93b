import type { WarningFigures } from './results.ts';

/** What `tare anomalies` answers. Money is an exact decimal text; what is expected is an estimate, rounded to cents. */
export type AnomalyReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  /** Until when the ledger knows anything; `null` when it knows nothing. */
  dataUntil: string | null;
  by: readonly string[];
  /** The newest first. */
  rows: readonly AnomalyRow[];
  /** Series that were looked at, and those of which too little is known yet. */
  series: Readonly<{ judged: number; tooShort: readonly string[] }>;
  /** Of everything that was ever said about anomalies. */
  precision: AnomalyPrecision;
  warnings: readonly WarningFigures[];
}>;

export type AnomalyPrecision = Readonly<{
  judged: number;
  acknowledged: number;
  expected: number;
  falseAlarms: number;
  /** Share of the judged that were no false alarms. */
  precision: number | null;
}>;

export type AnomalyRow = Readonly<{
  id: string;
  /** `unitCost` is the cost of the requests of an endpoint, at what one cost before. */
  measure: 'cost' | 'tare' | 'unitCost';
  dimension: string;
  owner: string;
  from: string;
  /** The end so far, while it goes on. */
  to: string;
  isOngoing: boolean;
  /** It lasted two weeks and is what is expected since then. */
  isNewLevel: boolean;
  actual: string;
  expected: string;
  /** The difference, and the sum of the causes. */
  excess: string;
  /** Of what was expected; `null` where that was nothing. */
  excessFraction: number | null;
  cause: AnomalyCause;
  causes: Readonly<Record<AnomalyCause, string>>;
  /** The kinds of resource that add most, each with its own excess. */
  resources: readonly Readonly<{ resource: string; excess: string }>[];
  /** An anomaly of the cost of the same owner at the same time, of which this is a part or a view. */
  within: string | null;
  verdict: 'acknowledged' | 'expected' | 'falseAlarm' | null;
  note: string | null;
  judgedBy: string | null;
  /** One sentence. */
  message: string;
}>;

export type AnomalyCause = 'price' | 'volume' | 'mix' | 'utilisation' | 'newResource' | 'charges';
