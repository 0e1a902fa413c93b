import { type Alert, type AlertSignal, updateAlerts } from '../../domain/governance/alerts/alert.ts';
import type { Digest } from '../../domain/governance/alerts/digest.ts';
import {
  failed,
  isFor,
  messagesLeft,
  missingNotices,
  type Notice,
  notice,
  type Recipient,
} from '../../domain/governance/alerts/notice.ts';
import { periodAround } from '../../domain/governance/budgets/budget.ts';
import { DAY_MS, formatDay, HOUR_MS } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GuardrailRecords } from '../../ports/guardrail-records.ts';
import type { AlertNotice, Delivery, Message, Notifier } from '../../ports/notifier.ts';
import { reportOfNotice } from '../scheduled-reports/report-notice.ts';
import type { ReportOutbox } from '../scheduled-reports/report-outbox.ts';

export type NotifierFor = Recipient & Readonly<{ notifier: Notifier }>;

export type AlertWatchParts = Readonly<{
  store: Pick<GuardrailRecords, 'alerts' | 'notices' | 'saveAlerting' | 'pruneAlerting'>;
  clock: Clock;
  notifiers: readonly NotifierFor[];
  signals(): Promise<readonly AlertSignal[]>;
  /** How long what is settled is kept; 90 days unless stated. */
  keepMs?: number;
  /** Of the week before the instant. */
  digest(atMs: number): Promise<Digest>;
  /** Without it no report is sent. */
  reports?: ReportOutbox;
}>;

export type AlertPass = Readonly<{
  begun: number;
  ended: number;
  messages: number;
  /** What could not be sent now, by recipient. */
  failures: readonly Readonly<{ recipient: string; reason: string }>[];
}>;

export type AlertWatch = Readonly<{
  /** Looks at what is wrong, and notes who has to be told. */
  look(): Promise<Readonly<{ begun: number; ended: number }>>;
  /** Sends what is due. */
  deliver(signal: AbortSignal): Promise<Pick<AlertPass, 'messages' | 'failures'>>;
  pass(signal: AbortSignal): Promise<AlertPass>;
  /** Sends one notice now, and does not try again where it certainly did not arrive. */
  sendOnce(notice: Notice, signal: AbortSignal): Promise<Delivery>;
}>;

/** Monday, nine o'clock UTC. */
const DIGEST_AT_MS = 9 * HOUR_MS;
/** A digest that could not be sent by then is not sent any more. */
const DIGEST_UNTIL_MS = 2 * DAY_MS;
const DIGEST_PREFIX = 'digest@';
export const DEFAULT_KEEP_ALERTS_DAYS = 90;
/** Once a day is enough for what is kept for months. */
const PRUNE_EVERY_MS = DAY_MS;
/** Alerts that ended are kept in sight for as long as someone may still have to be told. */
const ENDED_WITHIN_MS = 7 * DAY_MS;
/** Less would take away what is still looked at, and have it told again. */
const LEAST_KEEP_MS = ENDED_WITHIN_MS + DAY_MS;

/**
 * Tells each recipient once of each alert, each week and each report that is due, by an outbox in the store.
 *
 * What is to be told is on disk before anything is sent, and `sending` is on disk before each message leaves: after a kill, what was
 * `waiting` is sent, and what was `sending` is sent again under the same id to those who know a message by its id. To others it may have
 * arrived, so it is not sent again; the next message to them says that one may be missing.
 */
export function createAlertWatch(parts: AlertWatchParts): AlertWatch {
  let running: Promise<unknown> = Promise.resolve();
  let isRecovered = false;
  let prunedMs = Number.NEGATIVE_INFINITY;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = running.then(work, work);
    running = result.catch(() => undefined);
    return result;
  };
  const recoverOnce = async () => {
    if (!isRecovered) await recover(parts);
    isRecovered = true;
  };
  const deliverRecovered = async (signal: AbortSignal) => {
    await recoverOnce();
    return deliver(parts, signal);
  };
  const prune = async () => {
    const nowMs = parts.clock.nowMs();
    if (nowMs - prunedMs < PRUNE_EVERY_MS) return;
    prunedMs = nowMs;
    const keepMs = parts.keepMs ?? DEFAULT_KEEP_ALERTS_DAYS * DAY_MS;
    await parts.store.pruneAlerting(nowMs - Math.max(keepMs, LEAST_KEEP_MS));
  };
  return {
    look: () => inTurn(() => look(parts)),
    deliver: (signal) => inTurn(() => deliverRecovered(signal)),
    pass: (signal) =>
      inTurn(async () => {
        const looked = await look(parts);
        const delivered = await deliverRecovered(signal);
        await prune();
        return { ...looked, ...delivered };
      }),
    sendOnce: (one, signal) =>
      inTurn(async () => {
        await recoverOnce();
        return sendOnce(parts, one, signal);
      }),
  };
}

async function look({
  store,
  clock,
  notifiers,
  signals,
  reports,
}: AlertWatchParts): Promise<Readonly<{ begun: number; ended: number }>> {
  const seen = await signals();
  const nowMs = clock.nowMs();
  const before = await store.alerts(nowMs - ENDED_WITHIN_MS);
  const open = before.filter(({ endMs }) => endMs === null);
  const changed = updateAlerts(open, seen, nowMs);
  const after = [...new Map([...before, ...changed].map((alert) => [alert.id, alert])).values()];
  const known = await store.notices(Math.min(nowMs, ...after.map(({ startMs }) => startMs)));
  const told = new Set(known.map(keyOf));
  const isTold = (recipient: string, alertId: string, event: Notice['event']) =>
    told.has(keyOf({ recipient, alertId, event }));
  const missing = [
    ...missingNotices(after, notifiers, isTold, nowMs),
    ...(await missingDigests(store, notifiers, nowMs)),
    ...((await reports?.missing(nowMs)) ?? []),
  ];
  if (changed.length > 0 || missing.length > 0)
    await store.saveAlerting({ alerts: changed, notices: missing });
  const openIds = new Set(open.map(({ id }) => id));
  return {
    begun: changed.filter(({ id }) => !openIds.has(id)).length,
    ended: changed.filter(({ endMs }) => endMs !== null).length,
  };
}

async function missingDigests(
  store: AlertWatchParts['store'],
  notifiers: readonly NotifierFor[],
  nowMs: number,
): Promise<readonly Notice[]> {
  const mondayMs = periodAround('weekly', nowMs).fromMs;
  const sinceMs = nowMs - (mondayMs + DIGEST_AT_MS);
  if (sinceMs < 0 || sinceMs > DIGEST_UNTIL_MS) return [];
  const id = `${DIGEST_PREFIX}${formatDay(mondayMs)}`;
  const known = await store.notices(mondayMs);
  const isTold = (name: string) => known.some((one) => one.recipient === name && one.alertId === id);
  return notifiers
    .filter(({ name, wantsDigest }) => wantsDigest && !isTold(name))
    .map(({ name }) => notice(name, id, 'digest', nowMs));
}

/** What was on its way when the process before this one ended. */
async function recover({ store, clock, notifiers }: AlertWatchParts): Promise<void> {
  const nowMs = clock.nowMs();
  const interrupted = (await store.notices(nowMs)).filter(({ state }) => state === 'sending');
  const settled = interrupted.map((one) => {
    const isRepeatable = notifiers.find(({ name }) => name === one.recipient)?.notifier.isRepeatable ?? false;
    return isRepeatable
      ? { ...one, state: 'waiting' as const, nextMs: nowMs }
      : { ...one, state: 'uncertain' as const, changedMs: nowMs, reason: 'stopped while it was sent' };
  });
  if (settled.length > 0) await store.saveAlerting({ notices: settled });
}

async function deliver(
  parts: AlertWatchParts,
  signal: AbortSignal,
): Promise<Pick<AlertPass, 'messages' | 'failures'>> {
  const nowMs = parts.clock.nowMs();
  const [alerts, notices] = await Promise.all([
    parts.store.alerts(nowMs - ENDED_WITHIN_MS),
    parts.store.notices(nowMs - ENDED_WITHIN_MS),
  ]);
  const sent = await Promise.all(
    parts.notifiers.map((one) => deliverTo(parts, one, alerts, notices, nowMs, signal)),
  );
  return {
    messages: sent.reduce((sum, { messages }) => sum + messages, 0),
    failures: sent.flatMap(({ failures }) => failures),
  };
}

async function deliverTo(
  parts: AlertWatchParts,
  one: NotifierFor,
  alerts: readonly Alert[],
  notices: readonly Notice[],
  nowMs: number,
  signal: AbortSignal,
): Promise<Pick<AlertPass, 'messages' | 'failures'>> {
  const due = notices.filter(
    ({ recipient, state, nextMs }) => recipient === one.name && state === 'waiting' && nextMs <= nowMs,
  );
  const groups = groupsOf(one, due);
  const left = messagesLeft(one, notices, nowMs);
  const failures: { recipient: string; reason: string }[] = [];
  let messages = 0;
  for (const group of groups.slice(0, left)) {
    if (signal.aborted) break;
    const delivery = await sendGroup(parts, one, group, alerts, notices, signal);
    if (delivery.kind === 'delivered') messages += 1;
    else failures.push({ recipient: one.name, reason: delivery.reason });
    // Whoever did not answer once is not asked again in the same pass; a message that could not be made is not their fault.
    if (delivery.kind === 'failed' || delivery.kind === 'uncertain') break;
  }
  if (one.notifier.keepsNothing && groups.length === 0) await remind(one, alerts, nowMs, signal);
  return { messages, failures };
}

/**
 * What goes into one message: everything that waits, where the notifier groups; what was sent together before, and may have arrived, as it
 * was; digests and reports by themselves.
 */
function groupsOf({ notifier }: NotifierFor, due: readonly Notice[]): (readonly Notice[])[] {
  const again = new Map<string, Notice[]>();
  const fresh: Notice[] = [];
  for (const one of due) {
    if (one.messageId === null) fresh.push(one);
    else again.set(one.messageId, [...(again.get(one.messageId) ?? []), one]);
  }
  const alone = fresh.filter((one) => !notifier.isGrouping || !isOfAlert(one));
  const together = fresh.filter((one) => !alone.includes(one));
  return [...again.values(), ...(together.length > 0 ? [together] : []), ...alone.map((one) => [one])];
}

function isOfAlert({ event }: Notice): boolean {
  return event === 'firing' || event === 'resolved';
}

/** By hand: nobody waits for the outbox, who sent it sees what became of it. */
async function sendOnce(parts: AlertWatchParts, given: Notice, signal: AbortSignal): Promise<Delivery> {
  const { store, clock, notifiers } = parts;
  const one = notifiers.find(({ name }) => name === given.recipient)!;
  const delivery = await sendGroup(parts, one, [given], [], await store.notices(clock.nowMs()), signal);
  if (delivery.kind === 'delivered' || delivery.kind === 'uncertain') return delivery;
  const { reason } = delivery;
  await store.saveAlerting({
    notices: [{ ...given, state: 'givenUp', attempts: 1, changedMs: clock.nowMs(), reason }],
  });
  return { kind: 'failed', reason, retryAfterMs: null };
}

/** The message could not be made, so that nothing was sent. */
type NotMade = Readonly<{ kind: 'notMade'; reason: string }>;

async function sendGroup(
  parts: AlertWatchParts,
  one: NotifierFor,
  group: readonly Notice[],
  alerts: readonly Alert[],
  notices: readonly Notice[],
  signal: AbortSignal,
): Promise<Delivery | NotMade> {
  const { store, clock } = parts;
  const messageId = group[0]!.messageId ?? messageIdOf(group);
  // A digest has no place for it: the next message that has says it.
  const unsure = group[0]!.event === 'digest' ? [] : unsureOf(one, notices);
  const message = await toMessage(
    parts,
    { id: messageId, atMs: clock.nowMs() },
    group,
    alerts,
    openFor(one, alerts),
    titlesOf(unsure, alerts),
  ).catch((thrown: unknown): NotMade => ({ kind: 'notMade', reason: (thrown as Error).message }));
  if (message === null) return dropGroup(parts, group);
  if (message.kind === 'notMade') {
    const nowMs = clock.nowMs();
    // As it was: under the same id, if it may have arrived before.
    await store.saveAlerting({ notices: group.map((each) => failed(each, nowMs, message.reason, null)) });
    return message;
  }
  const save = (change: Partial<Notice>, more: readonly Notice[] = []) =>
    store.saveAlerting({
      notices: [
        ...group.map((each) => ({ ...each, messageId, changedMs: clock.nowMs(), ...change })),
        ...more,
      ],
    });
  await save({ state: 'sending' });
  const delivery = await one.notifier.send(message, signal);
  switch (delivery.kind) {
    case 'delivered':
      await save(
        { state: 'sent', attempts: group[0]!.attempts + 1, reason: null },
        unsure.map((each) => ({ ...each, reason: REPORTED })),
      );
      break;
    case 'failed':
      await store.saveAlerting({
        notices: group.map((each) => ({
          ...failed(each, clock.nowMs(), delivery.reason, delivery.retryAfterMs),
          // Tried again with whatever waits by then.
          messageId: null,
        })),
      });
      break;
    case 'uncertain':
      if (one.notifier.isRepeatable)
        await store.saveAlerting({
          notices: group.map((each) => ({
            ...failed(each, clock.nowMs(), delivery.reason, null),
            messageId,
          })),
        });
      else await save({ state: 'uncertain', reason: delivery.reason });
      break;
    default:
      delivery satisfies never;
  }
  return delivery;
}

/** What was to be told is asked for no more. */
async function dropGroup({ store, clock }: AlertWatchParts, group: readonly Notice[]): Promise<NotMade> {
  const reason = 'it is in tare.yaml no more';
  const changedMs = clock.nowMs();
  await store.saveAlerting({
    notices: group.map((each) => ({ ...each, state: 'givenUp' as const, changedMs, reason })),
  });
  return { kind: 'notMade', reason };
}

/** The reason of an uncertain notice once the recipient knows that one may be missing. */
const REPORTED = 'said in a later message';

function unsureOf({ name }: NotifierFor, notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(
    ({ recipient, state, reason }) => recipient === name && state === 'uncertain' && reason !== REPORTED,
  );
}

function titlesOf(notices: readonly Notice[], alerts: readonly Alert[]): readonly string[] {
  return notices.map((one) => {
    const report = reportOfNotice(one);
    if (report !== null) return `the report ${report.name} of ${formatDay(report.atMs)}`;
    return alerts.find(({ id }) => id === one.alertId)?.title ?? one.alertId;
  });
}

/** `null`: there is nothing to tell any more. */
async function toMessage(
  { digest, reports }: AlertWatchParts,
  head: Readonly<{ id: string; atMs: number }>,
  group: readonly Notice[],
  alerts: readonly Alert[],
  open: readonly Alert[],
  unsure: readonly string[],
): Promise<Message | null> {
  const [first] = group;
  if (first!.event === 'report') {
    const report = (await reports?.make(first!, head.atMs)) ?? null;
    return report === null ? null : { ...head, kind: 'report', report, unsure };
  }
  if (first!.event === 'digest') {
    const mondayMs = Date.parse(`${first!.alertId.slice(DIGEST_PREFIX.length)}T00:00:00Z`);
    return { ...head, kind: 'digest', digest: await digest(mondayMs) };
  }
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  const told = group.flatMap(({ alertId, event }): AlertNotice[] => {
    const alert = byId.get(alertId);
    return alert === undefined ? [] : [{ event: event as AlertNotice['event'], alert }];
  });
  return { ...head, kind: 'alerts', notices: told, open, unsure };
}

/** An answer to this is not waited for: the next pass says the same again. */
async function remind(
  one: NotifierFor,
  alerts: readonly Alert[],
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const open = openFor(one, alerts);
  if (open.length === 0) return;
  const id = `reminder@${nowMs}`;
  await one.notifier.send({ id, atMs: nowMs, kind: 'alerts', notices: [], open, unsure: [] }, signal);
}

function openFor(recipient: Recipient, alerts: readonly Alert[]): readonly Alert[] {
  return alerts.filter((alert) => alert.endMs === null && isFor(recipient, alert));
}

/** The same notices make the same id, in this process or after a kill. */
function messageIdOf(group: readonly Notice[]): string {
  const [first] = group;
  // The same however often it failed: its due time is all that tells it from another.
  if (first!.event === 'report') return `report/${first!.alertId}/${first!.recipient}`;
  const rest = group.length > 1 ? `+${group.length - 1}` : '';
  return `${first!.event}/${first!.alertId}${rest}/${first!.recipient}/${first!.attempts}`;
}

function keyOf({ recipient, alertId, event }: Pick<Notice, 'recipient' | 'alertId' | 'event'>): string {
  return JSON.stringify([recipient, alertId, event]);
}
