import { DAY_MS, type EpochMs, HOUR_MS, parseInstant } from '../../domain/time/window.ts';

/** How dates such as `5/1/25` are meant: `--set dates=month-first` or `day-first`. */
export type DateOrder = 'month-first' | 'day-first';
export const DATE_ORDERS = ['month-first', 'day-first'] as const satisfies readonly DateOrder[];

export type ParsedInstant = Readonly<{
  atMs: EpochMs;
  /** The rule that was needed beyond ISO 8601. */
  rule: 'as-written' | 'slashes' | 'hour-overflow';
}>;

const OVERFLOW = /^(\d{4}-\d{2}-\d{2})[T ](2[4-9]|[3-9]\d):(\d{2}:\d{2}(?:\.\d+)?)\s*(Z|UTC)?$/;
const SLASHES =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?$/;
const EPOCH = /^\d{10}(?:\d{3}|\d{6}|\d{9})?$/;
const SHORT_ZONE = /:\d{2}(?:\.\d+)?[+-]\d{2}$/;

/**
 * Reads an instant of a bill: ISO with `T` or a blank, with a zone or in UTC, an epoch (seconds to nanoseconds), a date with
 * slashes, and `T30:00:00`, which one of the examples of the FOCUS specification has. `undefined` for anything else.
 */
export function parseBillInstant(text: string, order: DateOrder): ParsedInstant | undefined {
  // Engines print a zone of whole hours without its minutes.
  const iso = parseInstant(SHORT_ZONE.test(text) ? `${text}:00` : text);
  if (iso !== undefined) return { atMs: iso, rule: 'as-written' };
  if (EPOCH.test(text)) return { atMs: epochToMs(text), rule: 'as-written' };
  return parseOverflow(text) ?? parseSlashes(text, order);
}

function epochToMs(digits: string): EpochMs {
  return Number(digits.padEnd(13, '0').slice(0, 13));
}

function parseOverflow(text: string): ParsedInstant | undefined {
  const [, day, hour, rest] = OVERFLOW.exec(text) ?? [];
  if (!day) return undefined;
  const base = parseInstant(`${day}T${String(Number(hour) % 24).padStart(2, '0')}:${rest}Z`);
  if (base === undefined) return undefined;
  return { atMs: base + Math.floor(Number(hour) / 24) * DAY_MS, rule: 'hour-overflow' };
}

function parseSlashes(text: string, order: DateOrder): ParsedInstant | undefined {
  const [, first, second, yearText, hour = '0', minute = '0', seconds = '0', half] = SLASHES.exec(text) ?? [];
  if (!first || !second || !yearText) return undefined;
  const [month, day] = order === 'month-first' ? [first, second] : [second, first];
  const year = yearText.length === 2 ? `20${yearText}` : yearText;
  const midnight = parseInstant(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  if (midnight === undefined || hours > 23 || Number(minute) > 59 || Number(seconds) > 59) return undefined;
  return {
    atMs: midnight + hours * HOUR_MS + Number(minute) * 60_000 + Number(seconds) * 1_000,
    rule: 'slashes',
  };
}
