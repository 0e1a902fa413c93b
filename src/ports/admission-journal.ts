/** What an admission webhook did that someone may want to look at: everything but a plain yes. */
export type AdmissionEntry = Readonly<{
  /** Instant. */
  at: string;
  decision: string;
  /** Why it was not judged, or not by everything; `null` when it was. */
  unchecked: string | null;
  detail: string | null;
  operation: string | null;
  /** `Deployment research/chat`; `null` when it could not be read. */
  object: string | null;
  user: string | null;
  /** Nothing was kept, whatever was answered. */
  isDryRun: boolean;
}>;

/** Keeps the newest entries. `add` never waits and never throws: an answer must not depend on a disk. */
export interface AdmissionJournal {
  add(entry: AdmissionEntry): void;
  /** Entries that could not be written. */
  dropped(): number;
  /** Oldest first. */
  read(): Promise<readonly AdmissionEntry[]>;
  /** Writes what is still waiting. */
  close(): Promise<void>;
}

/** How often a webhook answered what since it began: plain yeses, too. */
export type AdmissionTotals = Readonly<{
  /** Instants. */
  since: string;
  until: string;
  decisions: Readonly<Record<string, number>>;
}>;

/** Where a webhook leaves them for others to read. */
export interface AdmissionTally {
  write(totals: AdmissionTotals): Promise<void>;
  read(): Promise<AdmissionTotals | null>;
}
