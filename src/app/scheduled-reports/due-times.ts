import { Cron } from 'croner';
import type { EpochMs } from '../../domain/time/window.ts';

/** When a report is due. */
export type DueTimes = Readonly<{
  /** The newest one at or before the instant; `null` when there was none. */
  newest(atMs: EpochMs): EpochMs | null;
  /** The first one after the instant. */
  next(afterMs: EpochMs): EpochMs | null;
}>;

export type Times = Readonly<{
  /** Five cron words: minute, hour, day, month, weekday. */
  at: string;
  timeZone: string;
}>;

/**
 * Due times by the clock on the wall of a time zone. Where the clock goes forward over one, it is due once the clock has jumped; where the
 * clock goes back over one, it is due the first time alone. Throws for words that are none: `checkTimes` says what is wrong with them.
 */
export function dueTimes({ at, timeZone }: Times): DueTimes {
  const cron = cronOf(at, timeZone);
  return {
    // The reference itself would not count.
    newest: (atMs) => cron.previousRuns(1, new Date(atMs + 1))[0]?.getTime() ?? null,
    next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? null,
  };
}

export type TimesMistake = Readonly<{ field: 'at' | 'timeZone'; message: string; remedy: string }>;

/** More often than this is an accident, and would fill mailboxes. */
const SHORTEST_PAUSE_MS = 60 * 60_000;
const PAUSES_LOOKED_AT = 50;
/** A fixed day, so that the same words are always judged alike; before a leap day. */
const LOOKED_AT_FROM = new Date('2027-12-31T12:00:00Z');
const EXAMPLES =
  'write minute, hour, day, month and weekday, such as "0 8 1 * *" for the first of each month at eight';

/** What is wrong with the words or the time zone, if anything. */
export function checkTimes({ at, timeZone }: Times): TimesMistake | undefined {
  if (!isTimeZone(timeZone))
    return {
      field: 'timeZone',
      message: `there is no time zone "${timeZone}"`,
      remedy: 'write one as the IANA database has it, such as Europe/Berlin, or UTC',
    };
  const cron = readCron(at, timeZone);
  if (typeof cron === 'string')
    return { field: 'at', message: `"${at}" is no time: ${cron}`, remedy: EXAMPLES };
  const times = cron.nextRuns(PAUSES_LOOKED_AT, LOOKED_AT_FROM).map((time) => time.getTime());
  if (times.length === 0)
    return {
      field: 'at',
      message: `"${at}" never comes`,
      remedy: 'name a day that the month has',
    };
  const isTooOften = times.some((time, index) => index > 0 && time - times[index - 1]! < SHORTEST_PAUSE_MS);
  return isTooOften
    ? {
        field: 'at',
        message: `"${at}" is more often than every hour`,
        remedy: 'name one minute of the hour; a document is about a month',
      }
    : undefined;
}

function readCron(at: string, timeZone: string): Cron | string {
  try {
    return cronOf(at, timeZone);
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '');
  }
}

function cronOf(at: string, timeZone: string): Cron {
  return new Cron(at, {
    timezone: timeZone,
    mode: '5-part',
    // Also of several hours each comes once on the day when the clock goes back.
    fixedTimeRule: 'no-wildcard',
    paused: true,
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
