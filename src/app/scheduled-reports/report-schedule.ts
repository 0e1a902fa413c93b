import type { Notice } from '../../domain/governance/alerts/notice.ts';
import { DAY_MS, type EpochMs, formatInstant } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GuardrailRecords } from '../../ports/guardrail-records.ts';
import type { NotifierFor } from '../alerts/alert-watch.ts';
import type { ReportRecipient, ScheduledReport, ScheduledReports } from '../results/scheduled-reports.ts';
import { dueTimes } from './due-times.ts';
import { reportOfNotice } from './report-notice.ts';
import type { ReportSetting } from './report-setting.ts';

export type ScheduleParts = Readonly<{
  store: Pick<GuardrailRecords, 'notices'>;
  clock: Clock;
  reports: readonly ReportSetting[];
  notifiers: readonly NotifierFor[];
}>;

/** Longer ago than a year and a day, nobody asks when the last one was sent. */
const LOOK_BACK_MS = 367 * DAY_MS;

/** What is sent by itself, when next, and what became of the last one. */
export async function reportSchedule(parts: ScheduleParts): Promise<ScheduledReports> {
  const { store, clock, reports } = parts;
  const nowMs = clock.nowMs();
  const notices = reports.length === 0 ? [] : await store.notices(nowMs - LOOK_BACK_MS);
  return {
    asOf: formatInstant(nowMs),
    rows: reports.map((report) => rowOf(report, parts.notifiers, notices, nowMs)),
  };
}

function rowOf(
  { name, kind, team, by, at, timeZone, formats, to }: ReportSetting,
  notifiers: readonly NotifierFor[],
  notices: readonly Notice[],
  nowMs: EpochMs,
): ScheduledReport {
  const own = notices.filter((notice) => reportOfNotice(notice)?.name === name);
  const sent = own.filter(({ state }) => state === 'sent').map(({ changedMs }) => changedMs);
  return {
    name,
    kind,
    team,
    by: kind === 'chargeback' ? (by ?? 'team') : null,
    at,
    timeZone,
    formats,
    recipients: to.map((recipient) => recipientOf(recipient, notifiers, own)),
    // A schedule that never comes is no valid one.
    next: formatInstant(dueTimes({ at, timeZone }).next(nowMs)!),
    last: sent.length === 0 ? null : formatInstant(Math.max(...sent)),
  };
}

function recipientOf(
  name: string,
  notifiers: readonly NotifierFor[],
  notices: readonly Notice[],
): ReportRecipient {
  const newest = notices
    .filter(({ recipient }) => recipient === name)
    .toSorted((a, b) => a.createdMs - b.createdMs)
    .at(-1);
  const { kind } = notifiers.find((one) => one.name === name)!.notifier;
  return { name, kind, last: newest === undefined ? null : lastOf(newest) };
}

function lastOf(notice: Notice): ReportRecipient['last'] {
  const { isByHand, atMs } = reportOfNotice(notice)!;
  return {
    dueAt: isByHand ? null : formatInstant(atMs),
    state: notice.state,
    at: formatInstant(notice.changedMs),
    reason: notice.reason,
  };
}
