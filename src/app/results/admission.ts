import type { AdmissionEntry, AdmissionTotals } from '../../ports/admission-journal.ts';

/** What `tare admission log` answers: what the webhook refused, warned of, or let through unchecked; newest first. */
export type AdmissionReport = Readonly<{
  /** How often it answered what since it began last; `null` where no webhook left word. */
  answered: AdmissionTotals | null;
  /** Of the entries that are kept; plain yeses are not among them. */
  counts: Readonly<{ denied: number; wouldDeny: number; warned: number; unchecked: number }>;
  uncheckedBy: Readonly<Record<string, number>>;
  entries: readonly AdmissionEntry[];
  /** Entries that are kept, and not shown. */
  more: number;
}>;
