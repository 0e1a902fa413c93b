import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../time/window.ts';
import type { Alert, Severity } from './alert.ts';

/**
 * One thing that one recipient is told once: that an alert began, that it is over, the digest of a week, or a report that was due.
 *
 * `waiting` has not been sent, or certainly did not arrive. `sending` is on its way: after a kill, nobody knows whether it arrived.
 * `uncertain` is that, of a recipient who cannot tell a repeated message from a new one: it is not sent again, and the next message says so.
 */
export type Notice = Readonly<{
  recipient: string;
  alertId: string;
  event: 'firing' | 'resolved' | 'digest' | 'report';
  state: 'waiting' | 'sending' | 'sent' | 'uncertain' | 'givenUp';
  attempts: number;
  createdMs: EpochMs;
  /** Not before. */
  nextMs: EpochMs;
  /** Of the message that it went into; the same when that is sent again. */
  messageId: string | null;
  changedMs: EpochMs;
  /** Why it did not arrive. */
  reason: string | null;
}>;

export type Recipient = Readonly<{
  name: string;
  severities: readonly Severity[];
  /** Owner dimension and values; an alert without the dimension is for everybody. */
  owners: Readonly<Record<string, readonly string[]>>;
  mostPerHour: number;
  wantsDigest: boolean;
}>;

const FIRST_PAUSE_MS = MINUTE_MS;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;
/** After that much silence an alert is old news. */
const GIVEN_UP_AFTER_MS = 3 * DAY_MS;

export function isFor(recipient: Recipient, alert: Pick<Alert, 'severity' | 'owner'>): boolean {
  return (
    recipient.severities.includes(alert.severity) &&
    Object.entries(recipient.owners).every(([dimension, values]) => {
      const value = alert.owner[dimension];
      return value === undefined || values.includes(value);
    })
  );
}

/**
 * The notices that are missing: what each recipient has to be told and was not. Told of an end is only who is told of the beginning.
 * `isTold` says whether a notice is there already, whatever became of it.
 */
export function missingNotices(
  alerts: readonly Alert[],
  recipients: readonly Recipient[],
  isTold: (recipient: string, alertId: string, event: Notice['event']) => boolean,
  nowMs: EpochMs,
): readonly Notice[] {
  return recipients.flatMap((recipient) =>
    alerts.flatMap((alert) => {
      const told = (event: Notice['event']) => isTold(recipient.name, alert.id, event);
      if (alert.endMs === null)
        return !told('firing') && isFor(recipient, alert)
          ? [notice(recipient.name, alert.id, 'firing', nowMs)]
          : [];
      return told('firing') && !told('resolved') ? [notice(recipient.name, alert.id, 'resolved', nowMs)] : [];
    }),
  );
}

export function notice(recipient: string, alertId: string, event: Notice['event'], nowMs: EpochMs): Notice {
  return {
    recipient,
    alertId,
    event,
    state: 'waiting',
    attempts: 0,
    createdMs: nowMs,
    nextMs: nowMs,
    messageId: null,
    changedMs: nowMs,
    reason: null,
  };
}

/** It certainly did not arrive: again later, twice as late each time, unless the recipient said when. */
export function failed(one: Notice, nowMs: EpochMs, reason: string, retryAfterMs: number | null): Notice {
  const attempts = one.attempts + 1;
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
  const isOver = nowMs - one.createdMs >= GIVEN_UP_AFTER_MS;
  return {
    ...one,
    state: isOver ? 'givenUp' : 'waiting',
    attempts,
    nextMs: nowMs + Math.max(pauseMs, retryAfterMs ?? 0),
    changedMs: nowMs,
    reason,
  };
}

/** Messages that a recipient may still be sent within the hour. */
export function messagesLeft(
  { name, mostPerHour }: Recipient,
  notices: readonly Notice[],
  nowMs: EpochMs,
): number {
  const sent = new Set(
    notices
      .filter(({ recipient, state, changedMs }) => {
        return recipient === name && state === 'sent' && changedMs > nowMs - HOUR_MS;
      })
      .map(({ messageId }) => messageId),
  );
  return Math.max(0, mostPerHour - sent.size);
}
