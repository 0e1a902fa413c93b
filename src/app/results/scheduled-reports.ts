import type { NoticeState } from './alerts.ts';
import type { DocumentFormat, DocumentKind } from './documents.ts';

/** What is sent by itself, as `reports` in the configuration has it and in its order. */
export type ScheduledReports = Readonly<{
  /** When this was asked. */
  asOf: string;
  rows: readonly ScheduledReport[];
}>;

export type ScheduledReport = Readonly<{
  name: string;
  kind: DocumentKind;
  /** Of a showback alone. */
  team: string | null;
  /** What a chargeback statement is split by; `null` for the other kinds. */
  by: string | null;
  /** Minute, hour, day, month and weekday: `0 8 1 * *`. */
  at: string;
  timeZone: string;
  formats: readonly DocumentFormat[];
  recipients: readonly ReportRecipient[];
  /** When it is due next. */
  next: string;
  /** When one last left for somebody; `null`: never, as far as the store remembers. */
  last: string | null;
}>;

/** Whom it is for, without how they are reached. */
export type ReportRecipient = Readonly<{
  name: string;
  kind: string;
  /** What became of the newest one, `null` before the first. */
  last: Readonly<{
    /** `null`: it was sent by hand. */
    dueAt: string | null;
    state: NoticeState;
    /** Since when it is so: of `sent`, when it was taken. */
    at: string;
    reason: string | null;
  }> | null;
}>;

/** A report that was sent by hand, or would be. */
export type ReportSending = Readonly<{
  name: string;
  isDryRun: boolean;
  title: string;
  sentence: string;
  figures: readonly Readonly<{ label: string; value: string; note: string }>[];
  /** Until when the data reaches, what does not go along, and the like. */
  notes: readonly string[];
  /** Where it can be read, if `server.publicUrl` says where that is. */
  link: string | null;
  files: readonly Readonly<{ name: string; type: string; bytes: number }>[];
  recipients: readonly Readonly<{
    name: string;
    kind: string;
    /** Of a dry run always `planned`. */
    state: 'planned' | 'sent' | 'uncertain' | 'failed';
    reason: string | null;
  }>[];
}>;
