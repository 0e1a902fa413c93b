import type { ApiSpendFigures, EndpointFigures, InferenceFigures } from './inference.ts';
import type { BucketCost, BucketHours, Explanation, Overview } from './results.ts';

/** How the cost of a unit of serving moved, and one endpoint's receipt. Shapes as in results.ts: keys may be added, never renamed. */
export type UnitsReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  basis: 'allocated' | 'used';
  /** That of the inference report, and how it compares with the time before where that is known. */
  sentence: string;
  comparison: string | null;
  /** The same figures as the total of the inference report. */
  total: InferenceFigures;
  /** As much time before; `null` where nothing is known of it. */
  previous: (InferenceFigures & Readonly<{ from: string; to: string }>) | null;
  /** From the time before to this one; `null` where one of them has no request with a known cost. */
  change: UnitChangeFigures | null;
  /** Hours where the window has at most three days. */
  step: 'day' | 'hour';
  points: readonly UnitPoint[];
  generated: Overview['generated'];
}>;

/** Amounts per 1,000 requests; the drivers add up to `amount`, which is `now − before`. */
export type UnitChangeFigures = Readonly<{
  before: string;
  now: string;
  amount: string;
  drivers: readonly UnitDriverFigures[];
}>;

export type UnitDriverFigures = Readonly<{
  driver: string;
  amount: string;
  meaning: string;
  /** What can be seen of it in both periods, `money` as exact text; `null` where there is nothing to see. */
  evidence: Readonly<{
    measure: string;
    unit: 'money' | 'fraction' | 'number';
    before: number | string | null;
    now: number | string | null;
  }> | null;
}>;

/** A day or an hour, beside the average of the time before the window. */
export type UnitPoint = InferenceFigures &
  Readonly<{
    at: string;
    /** Driver by driver, per 1,000 requests: this point less the time before. */
    drivers: Readonly<Record<string, string>> | null;
  }>;

/** From rows and prices to the cost of a thousand requests of one endpoint. */
export type EndpointReceipt = Readonly<{
  currency: string;
  from: string;
  to: string;
  endpoint: string;
  serving: 'self_hosted' | 'api';
  /** What `tare explain` calls it, and says of it. */
  row: string;
  title: string;
  lines: Explanation['lines'];
  /** On the allocated basis. */
  figures: InferenceFigures;
  /** GPU time by what it was bought as. With `direct` and `shared` it adds up to the cost of the endpoint. */
  devices: readonly DeviceLine[];
  direct: string;
  shared: string;
  gpuHoursByBucket: BucketHours | null;
  costByBucket: BucketCost | null;
  /** The endpoint by one dimension each, where it says more than one thing. */
  parts: readonly Readonly<{
    by: string;
    rows: readonly (InferenceFigures & Readonly<{ value: string }>)[];
  }>[];
  size: EndpointFigures | null;
  /** What it pays for calls of an API, and what servers of one's own would cost in their place. */
  apiSpend: readonly ApiSpendFigures[];
  generated: Overview['generated'];
}>;

export type DeviceLine = Readonly<{
  gpuModel: string;
  lifecycle: string;
  priceSource: string;
  gpuHours: number;
  /** Amount ÷ hours; `null` without a price. */
  perGpuHour: string | null;
  amount: string | null;
}>;
