import type { Alert } from '../domain/governance/alerts/alert.ts';
import type { Digest } from '../domain/governance/alerts/digest.ts';
import type { SentReport } from '../domain/governance/alerts/sent-report.ts';

/** One way to tell someone. It knows one outside system; who is told of what, and when, is not its business. */
export interface Notifier {
  readonly name: string;
  readonly kind: string;
  /** The other side knows a message by its id and counts it once, however often it comes. */
  readonly isRepeatable: boolean;
  /** Several notices go into one message. */
  readonly isGrouping: boolean;
  /** The other side forgets what it is not told again: it gets all open alerts with each pass. */
  readonly keepsNothing: boolean;
  /** Sends once and does not try again. Never throws for what the other side does. */
  send(message: Message, signal: AbortSignal): Promise<Delivery>;
}

export type Delivery =
  | Readonly<{ kind: 'delivered' }>
  /** It certainly did not arrive. */
  | Readonly<{ kind: 'failed'; reason: string; retryAfterMs: number | null }>
  /** It was sent, and no answer came. */
  | Readonly<{ kind: 'uncertain'; reason: string }>;

export type Message = Readonly<{
  /** The same when the same message is sent again. */
  id: string;
  atMs: number;
}> &
  (
    | Readonly<{
        kind: 'alerts';
        notices: readonly AlertNotice[];
        /** Everything that goes on, for those that keep nothing. */
        open: readonly Alert[];
        /** Titles of alerts of which an earlier message may not have arrived. */
        unsure: readonly string[];
      }>
    | Readonly<{ kind: 'digest'; digest: Digest }>
    /** `unsure` as of alerts. Never to those who take no documents. */
    | Readonly<{ kind: 'report'; report: SentReport; unsure: readonly string[] }>
    | Readonly<{ kind: 'test' }>
  );

export type AlertNotice = Readonly<{ event: 'firing' | 'resolved'; alert: Alert }>;
