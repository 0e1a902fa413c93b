import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NINE, smallFleet } from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import { DAY_MS, floorToDay, formatInstant, HOUR_MS, type TimeWindow } from '../domain/time/window.ts';
import { OutsideFailure } from '../ports/failures.ts';
import type { LiveSource } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { collect } from './collect.ts';

/** A source that knows the samples of the small fleet by the day, and can be made to fail at one. */
function dailySource(name: string, failsAtMs: number | null = null) {
  const read: TimeWindow[] = [];
  const source: LiveSource = {
    kind: 'test',
    name,
    chunks({ fromMs, toMs }) {
      const first = floorToDay(fromMs);
      const count = Math.ceil((toMs - first) / DAY_MS);
      return Array.from({ length: count }, (_, index) => {
        const start = first + index * DAY_MS;
        return {
          name: formatInstant(start).slice(0, 10),
          window: { fromMs: start, toMs: Math.min(start + DAY_MS, toMs) },
        };
      });
    },
    read(window) {
      read.push(window);
      if (window.fromMs === failsAtMs)
        throw new OutsideFailure('timed-out', `no answer from ${name}`, 'try again');
      const usage = smallFleet().usage.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
      return {
        batches: once({ usage }),
        summary: { rowsRead: usage.length, rejects: [], warnings: [], totals: {} },
      };
    },
    probe: async () => [],
  };
  return { source, read };
}

const silent = () => {};
const everything = { window: null, sources: null };
const { signal } = new AbortController();
let store: Store;

beforeEach(async () => {
  store = await openDuckDbStore('duckdb::memory:');
});

afterEach(() => store.close());

const at = (hours: number) => ({ nowMs: () => NINE + hours * HOUR_MS });

describe('collect', () => {
  it('begins thirty days back, and goes on one chunk before where it was', async () => {
    const { source, read } = dailySource('prod');
    const parts = { store, liveSources: [source] };
    await collect({ ...parts, clock: at(1.5) }, everything, silent, signal);
    expect(read).toHaveLength(31);
    expect(await store.readNote('watermark:prod')).toBe('2026-10-14T10:30:00Z');

    read.length = 0;
    const again = await collect({ ...parts, clock: at(2.5) }, everything, silent, signal);
    expect(read.map(({ fromMs }) => formatInstant(fromMs))).toEqual([
      '2026-10-13T00:00:00Z',
      '2026-10-14T00:00:00Z',
    ]);
    expect(again.sources).toMatchObject([{ name: 'prod', kind: 'test', files: 2 }]);
    expect(await store.readNote('watermark:prod')).toBe('2026-10-14T11:30:00Z');
  });

  it('goes back as far as the source says that its past may have changed', async () => {
    const { source, read } = dailySource('prod');
    const asked: string[] = [];
    const changedSince = async (sinceMs: number) => {
      asked.push(formatInstant(sinceMs));
      return sinceMs - 3 * DAY_MS;
    };
    const parts = { store, liveSources: [{ ...source, changedSince }] };
    await collect({ ...parts, clock: at(1.5) }, everything, silent, signal);
    expect(asked).toEqual([]);

    read.length = 0;
    await collect({ ...parts, clock: at(2.5) }, everything, silent, signal);
    expect(asked).toEqual(['2026-10-14T10:30:00Z']);
    expect(read.map(({ fromMs }) => formatInstant(fromMs).slice(0, 10))).toEqual([
      '2026-10-11',
      '2026-10-12',
      '2026-10-13',
      '2026-10-14',
    ]);
  });

  it('changes nothing when it runs twice', async () => {
    const { source } = dailySource('prod');
    const parts = { store, liveSources: [source], clock: at(3) };
    const window = { fromMs: NINE, toMs: NINE + 3 * HOUR_MS };
    const first = await collect(parts, { window, sources: null }, silent, signal);
    const second = await collect(parts, { window, sources: null }, silent, signal);
    expect(first.sources[0]).toMatchObject({ rowsRead: 960, rowsImported: 960 });
    expect(second.sources[0]).toMatchObject({ rowsRead: 960, rowsImported: 0, rowsUnchanged: 960 });
  });

  it('goes on where a failure stopped it, and lets the other sources finish', async () => {
    const broken = dailySource('a', Date.UTC(2026, 9, 14));
    const fine = dailySource('b');
    const parts = { store, liveSources: [broken.source, fine.source], clock: at(3) };
    await expect(collect(parts, everything, silent, signal)).rejects.toMatchObject({
      code: 'TARE-5003',
      message: expect.stringMatching(
        /^a 2026-10-14: no answer from a; 30 of 31 chunks of a are in; collected: b$/,
      ),
    });
    expect(await store.readNote('watermark:a')).toBe('2026-10-14T00:00:00Z');
    expect(await store.readNote('watermark:b')).toBe('2026-10-14T12:00:00Z');
  });

  it('leaves the watermark when a later window is asked for, so that no hole is forgotten', async () => {
    const { source } = dailySource('prod');
    await store.writeNote('watermark:prod', '2026-10-12T09:00:00Z');
    const window = { fromMs: NINE, toMs: NINE + 3 * HOUR_MS };
    await collect({ store, liveSources: [source], clock: at(3) }, { window, sources: null }, silent, signal);
    expect(await store.readNote('watermark:prod')).toBe('2026-10-12T09:00:00Z');
  });

  it('stops between chunks', async () => {
    const { source, read } = dailySource('prod');
    const controller = new AbortController();
    const parts = { store, liveSources: [source], clock: at(3) };
    const stopAtTen = ({ done }: { done: number }) => done === 10 && controller.abort();
    await expect(collect(parts, everything, stopAtTen, controller.signal)).rejects.toMatchObject({
      exitCode: 130,
    });
    expect(read).toHaveLength(11);
    expect(await store.datasets()).toHaveLength(10);
  });

  it('knows its sources by name', async () => {
    const { source } = dailySource('prod');
    const asked = { window: null, sources: ['test'] };
    await expect(
      collect({ store, liveSources: [source], clock: at(3) }, asked, silent, signal),
    ).rejects.toMatchObject({
      code: 'TARE-2007',
      remedy: 'sources: prod',
    });
  });
});
