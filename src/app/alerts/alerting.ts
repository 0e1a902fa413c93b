import { DAY_MS, floorToHour, type TimeWindow } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Message } from '../../ports/notifier.ts';
import type { Store } from '../../ports/store.ts';
import {
  type AnomalyParts,
  DEFAULT_ANOMALY_DIMENSIONS,
  MEASURES,
  reportAnomalies,
} from '../anomalies/report-anomalies.ts';
import { TareError } from '../errors.ts';
import { type BudgetParts, reportBudgets } from '../report-budgets.ts';
import type { AlertReport, AlertSending } from '../results/alerts.ts';
import type { AnomalyReport } from '../results/anomalies.ts';
import type { ReportSending, ScheduledReports } from '../results/scheduled-reports.ts';
import type { ReportMakingParts } from '../scheduled-reports/make-report.ts';
import { createReportOutbox } from '../scheduled-reports/report-outbox.ts';
import { reportSchedule } from '../scheduled-reports/report-schedule.ts';
import type { ReportSetting } from '../scheduled-reports/report-setting.ts';
import { chooseReport, sendReport } from '../scheduled-reports/send-report.ts';
import type { SendAlertsRequest, SendReportRequest } from '../tare.ts';
import { alertSignals } from './alert-signals.ts';
import { createAlertWatch, type NotifierFor } from './alert-watch.ts';
import { reportAlerts } from './report-alerts.ts';
import { weeklyDigest } from './weekly-digest.ts';

export type AlertingParts = Omit<BudgetParts, 'store'> &
  Readonly<{
    store: Store;
    anomalies?: Readonly<{ by: readonly string[] }>;
    notifiers?: readonly NotifierFor[];
    /** What is sent by itself, and what makes it. */
    scheduled?: ReportMakingParts & Readonly<{ reports: readonly ReportSetting[] }>;
    /** How long settled alerts are kept. */
    keepAlertsMs?: number;
  }>;

export type Alerting = Readonly<{
  report(): Promise<AlertReport>;
  send(request: SendAlertsRequest, signal: AbortSignal): Promise<AlertSending>;
  schedule(): Promise<ScheduledReports>;
  sendReport(request: SendReportRequest, signal: AbortSignal): Promise<ReportSending>;
}>;

/** Anomalies of the last days are looked at: late data may show one that began then. */
const LOOK_BACK_MS = 7 * DAY_MS;

/** Alerts over the ledger: what is wrong, who is told, and the telling. */
export function createAlerting(parts: AlertingParts, anomalyParts: AnomalyParts): Alerting {
  const { store, clock, notifiers = [], settings } = parts;
  const budgetParts = { ...parts, serving: parts };
  const by = parts.anomalies?.by ?? DEFAULT_ANOMALY_DIMENSIONS;
  const anomalies = (window: TimeWindow) => reportAnomalies(anomalyParts, { window, by, measures: MEASURES });
  const newest = newestAnomalies(store, clock, anomalies);
  const signals = async () => {
    const [budgetReport, anomalyReport] = await Promise.all([reportBudgets(budgetParts, null), newest()]);
    return alertSignals(budgetReport, anomalyReport);
  };
  const digest = (mondayMs: number) =>
    weeklyDigest(
      { store, currency: settings.currency, budgets: (atMs) => reportBudgets(budgetParts, atMs), anomalies },
      mondayMs,
    );
  const { scheduled } = parts;
  const reports = scheduled?.reports ?? [];
  const watch = createAlertWatch({
    store,
    clock,
    notifiers,
    signals,
    digest,
    ...(scheduled && { reports: createReportOutbox({ ...scheduled, store }) }),
    ...(parts.keepAlertsMs !== undefined && { keepMs: parts.keepAlertsMs }),
  });
  return {
    report: () => reportAlerts({ store, clock, notifiers, signals }),
    send: ({ test, recipient }, signal) => {
      const chosen = chooseRecipients(notifiers, recipient);
      return test ? sendTest(chosen, clock.nowMs(), signal) : watch.pass(signal);
    },
    schedule: () => reportSchedule({ store, clock, notifiers, reports }),
    sendReport: async (request, signal) => {
      const report = chooseReport(reports, request.name);
      return sendReport({ ...scheduled!, clock, notifiers, watch }, report, request.isDryRun, signal);
    },
  };
}

/** Half a year of hours is looked at for each answer, and another hour of data is what changes it; or what someone says. */
function newestAnomalies(
  store: Store,
  clock: Clock,
  anomalies: (window: TimeWindow) => Promise<AnomalyReport>,
): () => Promise<AnomalyReport> {
  let known: Readonly<{ key: string; report: AnomalyReport }> | null = null;
  return async () => {
    const nowMs = clock.nowMs();
    const [{ ledger }, judgements] = await Promise.all([store.extent(), store.judgements()]);
    const untilMs = floorToHour(Math.min(nowMs, ledger?.toMs ?? nowMs));
    const key = JSON.stringify([untilMs, judgements]);
    if (known?.key === key) return known.report;
    const report = await anomalies({ fromMs: nowMs - LOOK_BACK_MS, toMs: nowMs });
    known = { key, report };
    return report;
  };
}

function chooseRecipients(notifiers: readonly NotifierFor[], name: string | null): readonly NotifierFor[] {
  const chosen = name === null ? notifiers : notifiers.filter((one) => one.name === name);
  if (name === null || chosen.length > 0) return chosen;
  const names = notifiers.map((one) => one.name).join(', ');
  throw new TareError(
    'unknownRecipient',
    `nobody under notify is named "${name}"`,
    names === '' ? 'add a recipient under notify: in tare.yaml' : `there are: ${names}`,
  );
}

async function sendTest(
  notifiers: readonly NotifierFor[],
  nowMs: number,
  signal: AbortSignal,
): Promise<AlertSending> {
  const message: Message = { id: `test/${nowMs}`, atMs: nowMs, kind: 'test' };
  const sent = await Promise.all(
    notifiers.map(async ({ name, notifier }) => ({ name, delivery: await notifier.send(message, signal) })),
  );
  const failures = sent.flatMap(({ name, delivery }) =>
    delivery.kind === 'delivered' ? [] : [{ recipient: name, reason: delivery.reason }],
  );
  return { begun: 0, ended: 0, messages: sent.length - failures.length, failures };
}
