import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_STATE } from './series-state.ts';
import type { CallPoint, ServiceMetrics } from './service-metrics.ts';
import { addUpTraffic } from './traffic.ts';

const point = (about: Partial<CallPoint>): CallPoint => ({
  series: 'requests',
  side: 'client',
  measure: 'duration',
  endpoint: 'llama',
  model: 'llama-3-8b',
  isError: false,
  temporality: 'cumulative',
  startMs: 1_000,
  atMs: 2_000,
  count: 0,
  sum: 0,
  upperBounds: [1],
  bucketCounts: [0, 0],
  ...about,
});
const exported = (points: readonly CallPoint[], replica = 'otlp:a'): ServiceMetrics => ({
  service: 'docs',
  replica,
  attributes: {},
  points,
});
const counted = (count: number, atMs: number, startMs = 1_000) =>
  exported([point({ count, sum: count, bucketCounts: [count, 0], atMs, startMs })]);

const NOBODY = new Set<string>();
const requests = (exports: readonly ServiceMetrics[]) =>
  addUpTraffic(exports, NOBODY, EMPTY_STATE).facts.map(({ requests }) => requests);

describe('addUpTraffic', () => {
  it('takes what a counter grew by', () => {
    expect(requests([counted(5, 2_000), counted(5, 3_000), counted(12, 4_000)])).toEqual([5, 0, 7]);
  });

  it('counts a counter that went back from zero, and one that says that it started anew', () => {
    expect(requests([counted(5, 2_000), counted(3, 3_000)])).toEqual([5, 3]);
    expect(requests([counted(5, 2_000), counted(9, 3_000, 2_500)])).toEqual([5, 9]);
  });

  it('counts a point that was sent twice, or late, once', () => {
    expect(requests([counted(5, 2_000), counted(5, 2_000), counted(4, 1_500)])).toEqual([5]);
  });

  it('leaves the calls of traced services to their spans', () => {
    const { facts, counted: left } = addUpTraffic([counted(5, 2_000)], new Set(['docs']), EMPTY_STATE);
    expect([facts, left]).toEqual([[], 1]);
  });

  it('counts one side of the wire, the one that was heard first', () => {
    const client = counted(5, 2_000);
    const server = exported([point({ side: 'server', count: 5, bucketCounts: [5, 0] })], 'otlp:b');
    const { facts, otherSide } = addUpTraffic([client, server], NOBODY, EMPTY_STATE);
    expect([facts.map(({ replica }) => replica), otherSide]).toEqual([['otlp:a'], 1]);
  });

  it('adds up the same, wherever the journal was cut', () => {
    const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.nat(12), (grown, cut) => {
        let total = 0;
        const exports = grown.map((by, index) => {
          total += by;
          return counted(total, 2_000 + index * 1_000);
        });
        const whole = addUpTraffic(exports, NOBODY, EMPTY_STATE);
        const before = addUpTraffic(exports.slice(0, cut), NOBODY, EMPTY_STATE);
        const after = addUpTraffic(exports.slice(cut), NOBODY, before.state);
        expect([...before.facts, ...after.facts]).toEqual(whole.facts);
        expect(whole.facts.reduce((sum, fact) => sum + fact.requests, 0)).toBe(total);
      }),
    );
  });
});
