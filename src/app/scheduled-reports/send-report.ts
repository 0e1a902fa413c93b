import { notice } from '../../domain/governance/alerts/notice.ts';
import { closestWord } from '../../domain/text/closest-word.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery } from '../../ports/notifier.ts';
import type { AlertWatch, NotifierFor } from '../alerts/alert-watch.ts';
import { TareError } from '../errors.ts';
import type { ReportSending } from '../results/scheduled-reports.ts';
import { makeReport, type ReportMakingParts } from './make-report.ts';
import { reportNoticeId } from './report-notice.ts';
import type { ReportSetting } from './report-setting.ts';

export type SendReportParts = ReportMakingParts &
  Readonly<{
    clock: Clock;
    notifiers: readonly NotifierFor[];
    watch: Pick<AlertWatch, 'sendOnce'>;
  }>;

/** A report by hand: it is written down as sent, and changes nothing of when it is due. */
export async function sendReport(
  parts: SendReportParts,
  report: ReportSetting,
  isDryRun: boolean,
  signal: AbortSignal,
): Promise<ReportSending> {
  const { name } = report;
  const nowMs = parts.clock.nowMs();
  const made = await makeReport(parts, report, { dueMs: null, atMs: nowMs });
  const alertId = reportNoticeId({ name, isByHand: true, atMs: nowMs });
  const { title, sentence, figures, notes, link, files } = made;
  return {
    name,
    isDryRun,
    title,
    sentence,
    figures,
    notes,
    link,
    files: files.map(({ name: file, type, content }) => ({ name: file, type, bytes: content.length })),
    recipients: await Promise.all(
      report.to.map(async (recipient): Promise<ReportSending['recipients'][number]> => {
        const { kind } = parts.notifiers.find((one) => one.name === recipient)!.notifier;
        if (isDryRun) return { name: recipient, kind, state: 'planned', reason: null };
        const own = notice(recipient, alertId, 'report', nowMs);
        return { name: recipient, kind, ...resultOf(await parts.watch.sendOnce(own, signal)) };
      }),
    ),
  };
}

/** Throws for a name that nothing under `reports` has. */
export function chooseReport(reports: readonly ReportSetting[], name: string): ReportSetting {
  const found = reports.find((report) => report.name === name);
  if (found) return found;
  const names = reports.map((report) => report.name);
  const meant = closestWord(name, names);
  throw new TareError(
    'noSuchReport',
    `no report is named "${name}"`,
    names.length === 0
      ? 'schedule one under reports: in tare.yaml'
      : `${meant ? `did you mean ${meant}? ` : ''}there are: ${names.join(', ')}`,
  );
}

function resultOf(delivery: Delivery): Pick<ReportSending['recipients'][number], 'state' | 'reason'> {
  switch (delivery.kind) {
    case 'delivered':
      return { state: 'sent', reason: null };
    case 'failed':
    case 'uncertain':
      return { state: delivery.kind, reason: delivery.reason };
    default:
      return delivery satisfies never;
  }
}
