import { findIdleNow } from '../../domain/actions/find-idle-now.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { type EpochMs, floorToHour, formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import type { ReportParts } from '../report-ledger.ts';
import type { IdleNowReport } from '../results/actions.ts';

/** Longer than anything that is waited for before it is acted on. */
const LOOK_BACK_HOURS = 24 * 14;

/** What has stood still up to the end of the ledger, and what would give it back. */
export async function reportIdleNow(
  { store, settings }: ReportParts,
  leastHours: number,
): Promise<IdleNowReport> {
  const endMs: EpochMs | null = (await store.extent()).ledger?.toMs ?? null;
  const { currency } = settings;
  if (endMs === null) return { currency, dataUntil: null, leastHours, rows: [] };
  const window = { fromMs: floorToHour(endMs) - LOOK_BACK_HOURS * HOUR_MS, toMs: endMs };
  const [hours, runs] = await Promise.all([store.holderHours(window), store.runSpans(window)]);
  return {
    currency,
    dataUntil: formatInstant(endMs),
    leastHours,
    rows: findIdleNow(hours, runs, endMs, leastHours).map(({ idlePicos, workload, ...rest }) => ({
      ...rest,
      target: workload,
      idleCost: idlePicos === null ? null : formatPicos(idlePicos),
    })),
  };
}
