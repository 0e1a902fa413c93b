import type { Notice } from '../../domain/governance/alerts/notice.ts';
import { type EpochMs, formatInstant } from '../../domain/time/window.ts';

/** What a notice of the outbox says of a report: `due/NAME@INSTANT`, or `now/NAME@INSTANT` where it was sent by hand. */
export type ReportOfNotice = Readonly<{ name: string; isByHand: boolean; atMs: EpochMs }>;

/** The same report and instant make the same id, which is what keeps it from being sent twice. */
export function reportNoticeId({ name, isByHand, atMs }: ReportOfNotice): string {
  return `${isByHand ? 'now' : 'due'}/${name}@${formatInstant(atMs)}`;
}

/** `null`: the notice is about something else. */
export function reportOfNotice({ event, alertId }: Pick<Notice, 'event' | 'alertId'>): ReportOfNotice | null {
  if (event !== 'report') return null;
  const [, how, name = '', instant = ''] = /^(due|now)\/(.*)@([^@]+)$/s.exec(alertId) ?? [];
  return how === undefined ? null : { name, isByHand: how === 'now', atMs: Date.parse(instant) };
}
