import type { FactBatch } from '../domain/facts/facts.ts';
import type { EpochMs, TimeWindow } from '../domain/time/window.ts';

/** Something wrong with the input that its owner can act on. Rejected rows are listed, warnings are counted. */
export type Reject = Readonly<{
  /** `bill.csv:14:BilledCost`: file, line (1-based, of the file) and column or field. */
  where: string;
  code: string;
  /** What is wrong, what was expected, what to do. */
  message: string;
}>;

export type Warning = Readonly<{ code: string; message: string; count: number }>;

/** What reading adds up to, once the last batch has been taken. Totals are what the source's owner would check first. */
export type ReadSummary = {
  rowsRead: number;
  rejects: Reject[];
  warnings: Warning[];
  /** Exact decimals as text, counts and hours as numbers. */
  totals: Record<string, string | number>;
};

/** A stream of facts and, beside it, what could not be used. `summary` is complete when the stream has ended. */
export type FactReading = Readonly<{ batches: AsyncIterable<FactBatch>; summary: ReadSummary }>;

export type FileReadOptions = Readonly<{
  /** Our column → theirs. */
  map: Readonly<Record<string, string>>;
  /** Our column → a constant for every row. */
  set: Readonly<Record<string, string>>;
  /** Column names for a file that has no header line. */
  fields: readonly string[] | null;
  /** The one currency of the ledger, and stated rates into it: `{ EUR: '1.08' }` means 1 EUR is 1.08. */
  currency: string;
  rates: Readonly<Record<string, string>>;
  /** Facts that claim to be later than this come from a clock that is wrong. */
  nowMs: number;
  signal: AbortSignal;
}>;

/** Reads files of one kind. Knows no store, no price and no owner. */
export interface FileSource {
  readonly kind: string;
  /** One line for `tare import --help`. */
  readonly summary: string;
  /** For `--help` and the documentation: our columns, with unit and meaning. Empty for formats that bring their own names. */
  readonly columns: readonly Readonly<{ name: string; isRequired: boolean; meaning: string }>[];
  read(path: string, options: FileReadOptions): FactReading;
}

/** A live system that is asked for a window. Reading the same window twice yields the same facts. */
export interface LiveSource {
  readonly kind: string;
  /** Unique among the configured sources; part of the name of every dataset it yields. */
  readonly name: string;
  /**
   * Splits the window into the chunks that are imported one by one, oldest first. Each lands whole or not at all, so an
   * interrupted collection goes on where it stopped. The same instant always falls into a chunk of the same name.
   */
  chunks(window: TimeWindow): readonly Readonly<{ name: string; window: TimeWindow }>[];
  read(window: TimeWindow, signal: AbortSignal): FactReading;
  /**
   * For a source that learns about the past late: the earliest instant of which it may now say something else than it did at `sinceMs`.
   * Collection goes back as far as that. Without it only the newest chunk and the one before are read again.
   */
  changedSince?(sinceMs: EpochMs, signal: AbortSignal): Promise<EpochMs>;
  /** For `tare doctor`: whether it answers and has what the ledger needs. */
  probe(signal: AbortSignal): Promise<readonly ProbeFinding[]>;
  /** Of a source that is sent its facts instead of asking for them. */
  readonly inbox?: Inbox;
}

/** Where facts wait that were sent and acknowledged. Its chunks are what waits, whatever window is asked for. */
export interface Inbox {
  /** Makes ready what has come in; false when nothing waits. */
  prepare(): Promise<boolean>;
  /** The chunk is in the store, and need not be kept any longer. */
  landed(chunk: string): Promise<void>;
}

export type ProbeFinding = Readonly<{
  status: 'fine' | 'look' | 'failing';
  message: string;
  remedy: string | null;
}>;
