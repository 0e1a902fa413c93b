import { type AdmissionFigures, SECONDS_BOUNDS } from '../../app/admission/admission-figures.ts';

/** The figures in the text format of Prometheus. `ledgerAgeSeconds` is `null` before the ledger has answered. */
export function admissionMetrics(
  { decisions, unchecked, seconds }: AdmissionFigures,
  ledgerAgeSeconds: number | null,
  dropped: number,
): string {
  const lines = [
    '# HELP tare_admission_decisions_total Reviews by what was answered.',
    '# TYPE tare_admission_decisions_total counter',
    ...Object.entries(decisions).map(
      ([kind, count]) => `tare_admission_decisions_total{decision="${kind}"} ${count}`,
    ),
    '# HELP tare_admission_unchecked_total Reviews that were not judged, or not by everything, by reason.',
    '# TYPE tare_admission_unchecked_total counter',
    ...Object.entries(unchecked).map(
      ([reason, count]) => `tare_admission_unchecked_total{reason="${reason}"} ${count}`,
    ),
    '# HELP tare_admission_seconds Time from the request to its answer.',
    '# TYPE tare_admission_seconds histogram',
    ...SECONDS_BOUNDS.map(
      (bound, index) => `tare_admission_seconds_bucket{le="${bound}"} ${seconds.counts[index]}`,
    ),
    `tare_admission_seconds_bucket{le="+Inf"} ${seconds.count}`,
    `tare_admission_seconds_sum ${seconds.sum}`,
    `tare_admission_seconds_count ${seconds.count}`,
    '# HELP tare_admission_journal_dropped_total Entries that the disk did not take.',
    '# TYPE tare_admission_journal_dropped_total counter',
    `tare_admission_journal_dropped_total ${dropped}`,
  ];
  if (ledgerAgeSeconds !== null)
    lines.push(
      '# HELP tare_admission_ledger_age_seconds Since the ledger answered last.',
      '# TYPE tare_admission_ledger_age_seconds gauge',
      `tare_admission_ledger_age_seconds ${ledgerAgeSeconds}`,
    );
  return `${lines.join('\n')}\n`;
}
