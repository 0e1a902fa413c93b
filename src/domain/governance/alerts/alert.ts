import { type EpochMs, formatInstant, HOUR_MS, MINUTE_MS } from '../../time/window.ts';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
/** `critical` is for whoever is woken, `warning` for today, `info` to know. */
export type Severity = (typeof SEVERITIES)[number];

export const ALERT_KINDS = [
  'budgetOver',
  'budgetHeadingOver',
  'budgetWarn',
  'fastBurn',
  'slowBurn',
  'anomaly',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that is wrong right now. The key names it for as long as it goes on. */
export type AlertSignal = Readonly<{
  /** `fastBurn/search`, `anomaly/cost/team/search`. */
  key: string;
  kind: AlertKind;
  severity: Severity;
  /** Owner dimension and value, for whom it is sent to; empty for everything. */
  owner: Readonly<Record<string, string>>;
  title: string;
  text: string;
}>;

export type Alert = AlertSignal &
  Readonly<{
    /** The key and the start: another one when the same comes back. */
    id: string;
    startMs: EpochMs;
    /** Not seen since then; `null` while it is. */
    missingSinceMs: EpochMs | null;
    endMs: EpochMs | null;
  }>;

/** How long something has to be gone before it is over. A forecast swings from one day to the next. */
const RESOLVED_AFTER_MS: Readonly<Record<AlertKind, number>> = {
  budgetOver: 15 * MINUTE_MS,
  budgetHeadingOver: 24 * HOUR_MS,
  budgetWarn: 15 * MINUTE_MS,
  fastBurn: HOUR_MS,
  slowBurn: 6 * HOUR_MS,
  anomaly: 15 * MINUTE_MS,
};

/**
 * The alerts after one look at what is wrong: those that changed or began, and no others. `open` are those that have not ended.
 * Looking again at the same moment changes nothing.
 */
export function updateAlerts(
  open: readonly Alert[],
  signals: readonly AlertSignal[],
  nowMs: EpochMs,
): readonly Alert[] {
  const byKey = new Map(signals.map((signal) => [signal.key, signal]));
  const changed = open.flatMap((alert) => {
    const next = nextOf(alert, byKey.get(alert.key), nowMs);
    return next === alert ? [] : [next];
  });
  const known = new Set(open.map(({ key }) => key));
  const begun = [...byKey.values()]
    .filter(({ key }) => !known.has(key))
    .map((signal) => ({
      ...signal,
      id: `${signal.key}@${formatInstant(nowMs)}`,
      startMs: nowMs,
      missingSinceMs: null,
      endMs: null,
    }));
  return [...changed, ...begun];
}

function nextOf(alert: Alert, signal: AlertSignal | undefined, nowMs: EpochMs): Alert {
  if (signal !== undefined) {
    const isSame =
      alert.missingSinceMs === null && alert.text === signal.text && alert.title === signal.title;
    return isSame ? alert : { ...alert, ...signal, missingSinceMs: null };
  }
  if (alert.missingSinceMs === null) return { ...alert, missingSinceMs: nowMs };
  if (nowMs - alert.missingSinceMs < RESOLVED_AFTER_MS[alert.kind]) return alert;
  return { ...alert, endMs: alert.missingSinceMs };
}
