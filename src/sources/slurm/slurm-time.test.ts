import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DAY_MS, formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import { isLocalTime, nextMidnight, readElapsed, readSlurmTime, UTC, zoneNamed } from './slurm-time.ts';

const BERLIN = zoneNamed('Europe/Berlin')!;
const KOLKATA = zoneNamed('Asia/Kolkata')!;

test.each([
  { text: '2026-10-14T09:00:00', zone: UTC, read: ['2026-10-14T09:00:00Z'] },
  { text: '2026-10-14T09:00:00', zone: BERLIN, read: ['2026-10-14T07:00:00Z'] },
  { text: '2026-12-14T09:00:00', zone: BERLIN, read: ['2026-12-14T08:00:00Z'] },
  { text: '2026-12-14T09:00:00', zone: KOLKATA, read: ['2026-12-14T03:30:00Z'] },
  { text: '2026-10-14T09:00:00+0200', zone: UTC, read: ['2026-10-14T07:00:00Z'] },
  { text: '2026-10-14T09:00:00Z', zone: BERLIN, read: ['2026-10-14T09:00:00Z'] },
  { text: '1767607200', zone: BERLIN, read: ['2026-01-05T10:00:00Z'] },
  // The clocks of Berlin were put back at 03:00 and showed 02:30 twice; in March they skipped it.
  { text: '2026-10-25T02:30:00', zone: BERLIN, read: ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'] },
  { text: '2026-03-29T02:30:00', zone: BERLIN, read: ['2026-03-29T01:30:00Z'] },
  { text: 'Unknown', zone: UTC, read: [] },
  { text: 'None', zone: UTC, read: [] },
  { text: '0', zone: UTC, read: [] },
  { text: '', zone: UTC, read: [] },
  { text: 'yesterday', zone: UTC, read: undefined },
  { text: '2026-02-30T00:00:00', zone: UTC, read: undefined },
])('$text in $zone.name', ({ text, zone, read }) => {
  expect(readSlurmTime(text, zone)?.map(formatInstant)).toEqual(read);
});

test.each([
  { text: '90', seconds: 90 },
  { text: '01:30', seconds: 90 },
  { text: '02:01:30', seconds: 7290 },
  { text: '10-13:27:06', seconds: 912_426 },
  { text: '00:00.123', seconds: 0 },
  { text: 'UNLIMITED', seconds: null },
])('$text is $seconds seconds', ({ text, seconds }) => {
  expect(readElapsed(text)).toBe(seconds);
});

test('a zone is unknown, a time is local', () => {
  expect(zoneNamed('Mars/Olympus')).toBeUndefined();
  expect(zoneNamed('utc')).toBe(UTC);
  expect(isLocalTime('2026-10-14T09:00:00')).toBe(true);
  expect(isLocalTime('1767607200')).toBe(false);
  expect(isLocalTime('2026-10-14T09:00:00+02:00')).toBe(false);
});

describe('the next midnight', () => {
  it('is behind the instant, at most 25 hours away, and shows 00:00', () => {
    const zones = [UTC, BERLIN, KOLKATA, zoneNamed('America/New_York')!];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
        fc.constantFrom(...zones),
        (at, zone) => {
          const midnight = nextMidnight(at, zone);
          expect(midnight).toBeGreaterThan(at);
          expect(midnight - at).toBeLessThanOrEqual(DAY_MS + HOUR_MS);
          expect((midnight + zone.offsetMs(midnight)) % DAY_MS).toBe(0);
        },
      ),
    );
  });
});
