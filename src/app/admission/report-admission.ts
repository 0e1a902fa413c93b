import type { AdmissionEntry, AdmissionJournal, AdmissionTally } from '../../ports/admission-journal.ts';
import type { AdmissionReport } from '../results/admission.ts';

export type AdmissionLogRequest = Readonly<{ uncheckedOnly: boolean; top: number }>;

export const DEFAULT_ADMISSION_TOP = 50;

/** The newest of what the webhook kept. */
export async function reportAdmission(
  journal: Pick<AdmissionJournal, 'read'>,
  { uncheckedOnly, top }: AdmissionLogRequest,
  tally: Pick<AdmissionTally, 'read'> | null = null,
): Promise<AdmissionReport> {
  const all = await journal.read();
  const shown = all.filter(({ unchecked }) => !uncheckedOnly || unchecked !== null).toReversed();
  return {
    answered: tally === null ? null : await tally.read(),
    counts: {
      denied: countOf(all, 'denied'),
      wouldDeny: countOf(all, 'would_deny'),
      warned: countOf(all, 'warned'),
      unchecked: all.filter(({ unchecked }) => unchecked !== null).length,
    },
    uncheckedBy: countBy(all.flatMap(({ unchecked }) => unchecked ?? [])),
    entries: shown.slice(0, top),
    more: Math.max(0, shown.length - top),
  };
}

function countOf(entries: readonly AdmissionEntry[], kind: string): number {
  return entries.filter(({ decision }) => decision === kind).length;
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
