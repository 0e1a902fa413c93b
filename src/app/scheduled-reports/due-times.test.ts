import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DAY_MS, formatInstant } from '../../domain/time/window.ts';
import { checkTimes, dueTimes } from './due-times.ts';

function nextTimes(at: string, timeZone: string, after: string, count: number): string[] {
  const times = dueTimes({ at, timeZone });
  const found: string[] = [];
  let lastMs = Date.parse(after);
  for (let index = 0; index < count; index++) {
    lastMs = times.next(lastMs)!;
    found.push(formatInstant(lastMs));
  }
  return found;
}

describe('the next times', () => {
  test.each([
    ['0 8 1 * *', 'UTC', '2026-10-15', ['2026-11-01T08:00:00Z', '2026-12-01T08:00:00Z']],
    // Summer time ends on 25 October.
    ['0 8 1 * *', 'Europe/Berlin', '2026-09-15', ['2026-10-01T06:00:00Z', '2026-11-01T07:00:00Z']],
    ['0 8 * * 1', 'America/New_York', '2026-10-25', ['2026-10-26T12:00:00Z', '2026-11-02T13:00:00Z']],
    // Half past two is skipped on 29 March: it is due when the clock has jumped.
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z']],
    // Half past two comes twice on 25 October: the first one counts.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z']],
    ['30 2,14 * * *', 'Europe/Berlin', '2026-10-24T20:00Z', ['2026-10-25T00:30:00Z', '2026-10-25T13:30:00Z']],
    ['0 8 29 2 *', 'UTC', '2026-10-15', ['2028-02-29T08:00:00Z', '2032-02-29T08:00:00Z']],
  ])('of %s in %s after %s', (at, timeZone, after, expected) => {
    expect(nextTimes(at, timeZone, after, expected.length)).toEqual(expected);
  });

  it('begin after the instant, and the newest one is at it', () => {
    const times = dueTimes({ at: '0 8 1 * *', timeZone: 'UTC' });
    const dueMs = Date.UTC(2026, 10, 1, 8);
    expect(times.newest(dueMs - 1)).toBe(Date.UTC(2026, 9, 1, 8));
    expect(times.newest(dueMs)).toBe(dueMs);
    expect(times.newest(dueMs + 1)).toBe(dueMs);
    expect(times.next(dueMs - 1)).toBe(dueMs);
    expect(times.next(dueMs)).toBe(Date.UTC(2026, 11, 1, 8));
  });
});

const words = fc
  .record({
    minute: fc.integer({ min: 0, max: 59 }),
    hour: fc.oneof(fc.integer({ min: 0, max: 23 }).map(String), fc.constantFrom('2,14', '1-3', '2')),
    day: fc.constantFrom('*', '1', '29', 'L'),
    weekday: fc.constantFrom('*', '1', '1-5'),
  })
  .map(({ minute, hour, day, weekday }) => `${minute} ${hour} ${day} * ${weekday}`);
const timeZone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Auckland',
);

it('looks back at the same times as it looks ahead, over every change of the clock', () => {
  fc.assert(
    fc.property(words, timeZone, fc.integer({ min: 0, max: 365 * 24 * 60 }), (at, zone, minutes) => {
      const times = dueTimes({ at, timeZone: zone });
      const fromMs = Date.UTC(2026, 0) + minutes * 60_000;
      const nextMs = times.next(fromMs)!;
      expect(nextMs).toBeGreaterThan(fromMs);
      expect(times.newest(nextMs)).toBe(nextMs);
      // Nothing is due between an instant and the next time.
      const newestMs = times.newest(nextMs - 1)!;
      expect(newestMs).toBeLessThanOrEqual(fromMs);
      expect(times.next(newestMs)).toBe(nextMs);
    }),
  );
});

it('has a daily time once on each day of the calendar, also where the clock changes', () => {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), (hour, minute) => {
      const times = dueTimes({ at: `${minute} ${hour} * * *`, timeZone: 'Europe/Berlin' });
      for (const from of ['2026-03-27', '2026-10-23']) {
        const startMs = Date.parse(`${from}T22:30:00Z`);
        const days: string[] = [];
        for (let at = times.next(startMs)!; at < startMs + 5 * DAY_MS; at = times.next(at)!)
          days.push(day.format(at));
        expect(new Set(days).size).toBe(days.length);
        expect(days.length).toBeGreaterThanOrEqual(4);
      }
    }),
  );
});

describe('what is no time', () => {
  test.each([
    ['0 8 30 2 *', 'UTC', 'at', 'never comes'],
    ['0 8 31 4,6 *', 'Europe/Berlin', 'at', 'never comes'],
    ['0 8 1 *', 'UTC', 'at', 'is no time'],
    ['0 25 1 * *', 'UTC', 'at', 'Invalid value for hour: 25'],
    ['0 0 8 1 * *', 'UTC', 'at', 'exactly 5 parts'],
    ['tomorrow', 'UTC', 'at', 'is no time'],
    ['* * * * *', 'UTC', 'at', 'more often than every hour'],
    ['0,30 8 * * *', 'UTC', 'at', 'more often than every hour'],
    ['0 8 1 * *', 'Mars/Phobos', 'timeZone', 'there is no time zone "Mars/Phobos"'],
    ['0 8 1 * *', '', 'timeZone', 'there is no time zone'],
  ])('%s in %s', (at, zone, field, message) => {
    expect(checkTimes({ at, timeZone: zone })).toMatchObject({
      field,
      message: expect.stringContaining(message),
    });
  });

  test.each(['0 8 1 * *', '0 * * * *', '0 8 L * *', '0 8 * * MON-FRI', '@monthly', '0 8 29 2 *'])(
    '%s is one',
    (at) => {
      expect(checkTimes({ at, timeZone: 'Europe/Berlin' })).toBeUndefined();
    },
  );
});
