import { type Notice, notice } from '../../domain/governance/alerts/notice.ts';
import type { SentReport } from '../../domain/governance/alerts/sent-report.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import type { GuardrailRecords } from '../../ports/guardrail-records.ts';
import type { Store } from '../../ports/store.ts';
import { type DueTimes, dueTimes } from './due-times.ts';
import { makeReport, type ReportMakingParts } from './make-report.ts';
import { reportNoticeId, reportOfNotice } from './report-notice.ts';
import type { ReportSetting } from './report-setting.ts';
import { reportWindow } from './report-window.ts';

export type ReportOutboxParts = ReportMakingParts &
  Readonly<{
    store: Pick<GuardrailRecords, 'notices'> & Pick<Store, 'readNote' | 'writeNote'>;
    reports: readonly ReportSetting[];
  }>;

/** What the outbox of alerts asks about reports. */
export type ReportOutbox = Readonly<{
  /** Notices of what is due and was not noted yet: of each report and recipient the newest due time alone. */
  missing(nowMs: EpochMs): Promise<readonly Notice[]>;
  /** What such a notice says; `null` where the report is configured no more, or not for this recipient. */
  make(of: Notice, nowMs: EpochMs): Promise<SentReport | null>;
}>;

/** Where the store keeps since when each report is known to it. */
const NOTE = 'report-schedule';

/**
 * A due time becomes one notice for each recipient, by an id that holds it: looking again, in this process or after a kill, makes the same
 * one. Due times before a report was first seen were never promised to anybody.
 */
export function createReportOutbox(parts: ReportOutboxParts): ReportOutbox {
  const { store, reports } = parts;
  const timed = reports.map((report): Timed => ({ report, times: dueTimes(report) }));
  /** Due times that are noted, so that the store is not asked each minute for a month. */
  const noted = new Set<string>();
  return {
    async missing(nowMs) {
      if (reports.length === 0) return [];
      const known = await knownSince(store, reports, nowMs);
      const due = timed.flatMap((one) => newestDue(one, known, nowMs)).filter(({ key }) => !noted.has(key));
      if (due.length === 0) return [];
      const earliestMs = Math.min(...due.map(({ dueMs }) => dueMs));
      for (const { recipient, alertId } of await store.notices(earliestMs))
        noted.add(keyOf(recipient, alertId));
      return due.filter(({ key }) => !noted.has(key)).map((one) => toNotice(one, nowMs));
    },
    async make(of, nowMs) {
      const about = reportOfNotice(of);
      const report = reports.find(({ name, to }) => name === about?.name && to.includes(of.recipient));
      if (about === null || report === undefined) return null;
      return makeReport(parts, report, { dueMs: about.isByHand ? null : about.atMs, atMs: nowMs });
    },
  };
}

type Timed = Readonly<{ report: ReportSetting; times: DueTimes }>;
type Due = Readonly<{
  report: ReportSetting;
  recipient: string;
  alertId: string;
  dueMs: EpochMs;
  key: string;
}>;
type Known = Readonly<Record<string, EpochMs>>;

function newestDue({ report, times }: Timed, known: Known, nowMs: EpochMs): readonly Due[] {
  const dueMs = times.newest(nowMs);
  if (dueMs === null) return [];
  const alertId = reportNoticeId({ name: report.name, isByHand: false, atMs: dueMs });
  return report.to
    .filter((recipient) => dueMs >= known[scheduleKey(report, recipient)]!)
    .map((recipient) => ({ report, recipient, alertId, dueMs, key: keyOf(recipient, alertId) }));
}

/** Not sent before the month is over in the ledger too. */
function toNotice({ report, recipient, alertId, dueMs }: Due, nowMs: EpochMs): Notice {
  const { toMs } = reportWindow(dueMs, report.timeZone);
  return { ...notice(recipient, alertId, 'report', nowMs), nextMs: Math.max(nowMs, toMs) };
}

/** On disk before anything is noted, so that a kill between the two loses no due time. */
async function knownSince(
  store: ReportOutboxParts['store'],
  reports: readonly ReportSetting[],
  nowMs: EpochMs,
): Promise<Known> {
  const before = JSON.parse((await store.readNote(NOTE)) ?? '{}') as Known;
  const keys = reports.flatMap((report) => report.to.map((recipient) => scheduleKey(report, recipient)));
  const now = Object.fromEntries(keys.map((key) => [key, before[key] ?? nowMs]));
  if (keys.some((key) => before[key] === undefined)) await store.writeNote(NOTE, JSON.stringify(now));
  return now;
}

/** Other times are another promise: who moves a report to an earlier hour does not get it once more for today. */
function scheduleKey({ name, at, timeZone }: ReportSetting, recipient: string): string {
  return JSON.stringify([name, at, timeZone, recipient]);
}

function keyOf(recipient: string, alertId: string): string {
  return JSON.stringify([recipient, alertId]);
}
