import { Hono } from 'hono';
import type { Tare } from '../../app/tare.ts';
import { ceilToHour, DAY_MS, floorToHour, type TimeWindow } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import { type MetricsFacts, MOST_OF_A_LABEL, metricsText } from '../../reports/metrics-text.ts';

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Several scrapers, or one that scrapes every second, cost no more than one in this time. */
const KEPT_MS = 30_000;

/** `/metrics` for Prometheus: the last 24 hours, and the month to date. */
export function metricsRoutes(tare: Tare, clock: Clock): Hono {
  let kept: Readonly<{ atMs: number; text: Promise<string> }> | null = null;
  return new Hono().get('/metrics', async (context) => {
    const nowMs = clock.nowMs();
    if (kept === null || nowMs - kept.atMs >= KEPT_MS) {
      const text = askMetrics(tare, nowMs).then(metricsText);
      kept = { atMs: nowMs, text };
      // What failed is asked anew the next time.
      text.catch(() => {
        kept = null;
      });
    }
    return context.body(await kept.text, 200, { 'Content-Type': TYPE });
  });
}

async function askMetrics(tare: Tare, nowMs: number): Promise<MetricsFacts> {
  const toMs = floorToHour(nowMs);
  const day: TimeWindow = { fromMs: toMs - DAY_MS, toMs };
  const month = monthToDate(nowMs);
  const byTeam = (window: TimeWindow) =>
    tare.reportLedger({ window, by: ['team'], filters: [], top: MOST_OF_A_LABEL });
  const [dayLedger, monthLedger, coverage, budgets, report] = await Promise.all([
    byTeam(day),
    byTeam(month),
    tare.reportCoverage(month),
    tare.reportBudgets(null),
    tare.reportInference({ ...EVERY_ENDPOINT, window: day }),
  ]);
  return {
    ledgers: { day: dayLedger, month: monthLedger },
    coverage,
    budgets,
    inference: { window: 'day', report },
  };
}

function monthToDate(nowMs: number): TimeWindow {
  const now = new Date(nowMs);
  return { fromMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth()), toMs: ceilToHour(nowMs + 1) };
}

const EVERY_ENDPOINT = {
  by: ['endpoint'],
  filters: [],
  top: MOST_OF_A_LABEL,
  basis: 'allocated',
  sloMs: null,
  minQuality: [],
  tokenWeight: null,
  apiPrice: null,
  training: [],
} as const;
