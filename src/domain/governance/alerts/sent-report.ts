import type { EpochMs } from '../../time/window.ts';

/** A report as recipients get it: what it says in a sentence and a few figures, and itself as files. */
export type SentReport = Readonly<{
  /** Of the schedule that sends it. */
  name: string;
  /** `board`, `showback`, … */
  kind: string;
  /** `GPU and ML spend, October 2026`. */
  title: string;
  sentence: string;
  figures: readonly ReportFigure[];
  /** That it is late, that data is missing, what does not go along. */
  notes: readonly string[];
  /** When it should have come; `null` where it was sent by hand. */
  dueMs: EpochMs | null;
  isLate: boolean;
  /** Where it can be read; `null` where nobody said where Tare is found. */
  link: string | null;
  /** All its figures; `null` where they are too large to go along. */
  document: object | null;
  files: readonly ReportFile[];
}>;

export type ReportFigure = Readonly<{ label: string; value: string; note: string }>;

export type ReportFile = Readonly<{
  name: string;
  /** `text/csv; charset=utf-8`. */
  type: string;
  content: Uint8Array;
}>;
