/** What `tare alerts` answers. */
export type AlertReport = Readonly<{
  at: string;
  /** What goes on first, then what ended within a week; the newest first. */
  rows: readonly AlertRow[];
  /** Those of `notify` in tare.yaml, in its order. */
  recipients: readonly AlertRecipient[];
}>;

export type AlertRow = Readonly<{
  id: string;
  kind: string;
  severity: 'critical' | 'warning' | 'info';
  owner: Readonly<Record<string, string>>;
  title: string;
  text: string;
  startedAt: string;
  endedAt: string | null;
  /** Not on record yet: it will be with the next pass. */
  isNew: boolean;
  /** Who is told of it, and how far that is. */
  told: readonly Readonly<{ recipient: string; event: string; state: NoticeState; reason: string | null }>[];
}>;

export type NoticeState = 'planned' | 'waiting' | 'sending' | 'sent' | 'uncertain' | 'givenUp';

export type AlertRecipient = Readonly<{
  name: string;
  kind: string;
  severities: readonly string[];
  wantsDigest: boolean;
  waiting: number;
  /** Why the last one did not arrive. */
  lastFailure: string | null;
}>;

export type AlertSending = Readonly<{
  begun: number;
  ended: number;
  messages: number;
  failures: readonly Readonly<{ recipient: string; reason: string }>[];
}>;
