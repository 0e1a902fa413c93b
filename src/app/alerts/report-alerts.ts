import { type Alert, updateAlerts } from '../../domain/governance/alerts/alert.ts';
import { isFor, type Notice } from '../../domain/governance/alerts/notice.ts';
import { DAY_MS, formatInstant } from '../../domain/time/window.ts';
import type { AlertReport, AlertRow } from '../results/alerts.ts';
import type { AlertWatchParts, NotifierFor } from './alert-watch.ts';

const ENDED_WITHIN_MS = 7 * DAY_MS;

/** What is wrong now and was within a week, and who was told. Changes nothing and sends nothing. */
export async function reportAlerts({
  store,
  clock,
  notifiers,
  signals,
}: Omit<AlertWatchParts, 'digest'>): Promise<AlertReport> {
  const seen = await signals();
  const nowMs = clock.nowMs();
  const before = await store.alerts(nowMs - ENDED_WITHIN_MS);
  const open = before.filter(({ endMs }) => endMs === null);
  const known = new Set(before.map(({ id }) => id));
  const changed = updateAlerts(open, seen, nowMs);
  const all = [...new Map([...before, ...changed].map((alert) => [alert.id, alert])).values()];
  const notices = await store.notices(
    Math.min(nowMs - ENDED_WITHIN_MS, ...all.map(({ startMs }) => startMs)),
  );
  return {
    at: formatInstant(nowMs),
    rows: all
      .toSorted((a, b) => Number(a.endMs !== null) - Number(b.endMs !== null) || b.startMs - a.startMs)
      .map((alert) => toRow(alert, !known.has(alert.id), notices, notifiers)),
    recipients: notifiers.map((one) => toRecipient(one, notices)),
  };
}

function toRow(
  alert: Alert,
  isNew: boolean,
  notices: readonly Notice[],
  notifiers: readonly NotifierFor[],
): AlertRow {
  const { id, kind, severity, owner, title, text, startMs, endMs } = alert;
  const told = notices
    .filter(({ alertId }) => alertId === id)
    .map(({ recipient, event, state, reason }) => ({ recipient, event, state, reason }));
  const planned = notifiers
    .filter(
      (one) => endMs === null && isFor(one, alert) && !told.some(({ recipient }) => recipient === one.name),
    )
    .map(({ name }) => ({ recipient: name, event: 'firing', state: 'planned' as const, reason: null }));
  return {
    id,
    kind,
    severity,
    owner,
    title,
    text,
    startedAt: formatInstant(startMs),
    endedAt: endMs === null ? null : formatInstant(endMs),
    isNew,
    told: [...told, ...planned],
  };
}

function toRecipient(
  { name, severities, wantsDigest, notifier }: NotifierFor,
  notices: readonly Notice[],
): AlertReport['recipients'][number] {
  const own = notices.filter(({ recipient }) => recipient === name);
  const failedLast = own
    .filter(({ state, reason }) => state !== 'sent' && reason !== null)
    .toSorted((a, b) => a.changedMs - b.changedMs)
    .at(-1);
  return {
    name,
    kind: notifier.kind,
    severities,
    wantsDigest,
    waiting: own.filter(({ state }) => state === 'waiting').length,
    lastFailure: failedLast?.reason ?? null,
  };
}
