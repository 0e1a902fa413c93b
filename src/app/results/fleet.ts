import type { FunnelStep, LedgerFigures } from './results.ts';

/** What the devices of a fleet did over time. Shapes as in results.ts: exact money texts, keys may be added, never renamed. */
export type FleetReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  sentence: string;
  /** What a row is. */
  by: 'node' | 'device';
  /** Hours, days or weeks of the window, oldest first; the ends are exclusive. */
  columns: readonly Readonly<{ from: string; to: string }>[];
  rows: readonly FleetRow[];
  /** What `top` left out. */
  rest: (LedgerFigures & Readonly<{ rows: number }>) | null;
  /** Costliest first. */
  pools: readonly FleetPool[];
  total: LedgerFigures;
}>;

export type FleetRow = Readonly<{
  name: string;
  pool: string;
  gpuModel: string;
  figures: LedgerFigures;
  /**
   * For each column the GPU-hours in each bucket, in the order of `BUCKETS` of the ledger; `null` where nothing was paid for. Rounded to
   * 10⁻⁶ hours: they are for looking at.
   */
  cells: readonly (readonly number[] | null)[];
}>;

export type FleetPool = Readonly<{
  pool: string;
  gpuModels: readonly string[];
  rows: number;
  figures: LedgerFigures;
  funnel: readonly FunnelStep[];
}>;
