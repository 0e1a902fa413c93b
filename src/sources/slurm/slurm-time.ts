import { DAY_MS, type EpochMs, MINUTE_MS, parseInstant, SECOND_MS } from '../../domain/time/window.ts';

/** A time zone by its IANA name. Slurm prints local time and does not say which zone that is. */
export type Zone = Readonly<{
  name: string;
  /** What its clocks showed, less UTC, at an instant. */
  offsetMs(at: EpochMs): number;
}>;

/** `Europe/Berlin`, `UTC`; `undefined` for a zone that nobody knows. */
export function zoneNamed(name: string): Zone | undefined {
  if (/^(utc|z|gmt|etc\/utc)$/i.test(name)) return UTC;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { name, offsetMs: remembered((at) => offsetBy(format, at)) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export const UTC: Zone = { name: 'UTC', offsetMs: () => 0 };

const NEVER = /^(|0|none|unknown|n\/a|none assigned|invalid|not_set)$/i;
const EPOCH_SECONDS = /^\d{9,11}(\.\d+)?$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/**
 * Reads a time as `sacct` prints it: local time, seconds since 1970 (`SLURM_TIME_FORMAT=%s`), or ISO 8601 with a zone. Two instants where
 * the clocks were put back and the local time came twice, earlier first; `[]` for a time that is not known; `undefined` for no time.
 */
export function readSlurmTime(text: string, zone: Zone): readonly EpochMs[] | undefined {
  const trimmed = text.trim();
  if (NEVER.test(trimmed)) return [];
  if (EPOCH_SECONDS.test(trimmed)) return [Math.floor(Number(trimmed)) * SECOND_MS];
  const at = parseInstant(trimmed);
  if (at === undefined) return undefined;
  return LOCAL.test(trimmed) ? instantsOf(at, zone) : [at];
}

/** Whether a time leaves open in which zone it is. */
export function isLocalTime(text: string): boolean {
  return LOCAL.test(text.trim());
}

/** The instants at which the clocks of a zone show a time, given as if it were UTC. A time that they skip is read as the one behind the gap. */
export function instantsOf(localMs: EpochMs, zone: Zone): readonly EpochMs[] {
  const [before, after] = [zone.offsetMs(localMs - DAY_MS), zone.offsetMs(localMs + DAY_MS)];
  const found = [...new Set([before, after])]
    .map((offset) => localMs - offset)
    .filter((at) => at + zone.offsetMs(at) === localMs)
    .sort((a, b) => a - b);
  return found.length > 0 ? found : [localMs - before];
}

/** The next midnight of the zone after an instant. */
export function nextMidnight(at: EpochMs, zone: Zone): EpochMs {
  const local = at + zone.offsetMs(at);
  return instantsOf((Math.floor(local / DAY_MS) + 1) * DAY_MS, zone)[0]!;
}

/** Seconds of `[DAYS-]HH:MM:SS`, `MM:SS` or a plain number of seconds; `null` for anything else. */
export function readElapsed(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.\d+)?$/.exec(text);
  if (!match) return null;
  const [, days = '0', hours = '0', minutes, seconds] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

function offsetBy(format: Intl.DateTimeFormat, at: EpochMs): number {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = parts as Record<string, number>;
  const shown = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  return shown - Math.floor(at / SECOND_MS) * SECOND_MS;
}

/** Offsets change on quarters of an hour at the most; asking the calendar for each of a million times would take minutes. */
function remembered(offsetMs: (at: EpochMs) => number): (at: EpochMs) => number {
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / (15 * MINUTE_MS));
    let offset = known.get(quarter);
    if (offset === undefined) {
      offset = offsetMs(quarter * 15 * MINUTE_MS);
      known.set(quarter, offset);
    }
    return offset;
  };
}
