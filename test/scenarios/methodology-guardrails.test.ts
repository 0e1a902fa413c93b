import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { failed, notice } from '../../src/domain/governance/alerts/notice.ts';
import { expectDay } from '../../src/domain/governance/anomalies/expected-hours.ts';
import { type ResourceUse, splitExcess } from '../../src/domain/governance/anomalies/split-excess.ts';
import { burnRates } from '../../src/domain/governance/budgets/burn-rate.ts';
import { forecastSpend } from '../../src/domain/governance/budgets/forecast-spend.ts';
import { wideningBy } from '../../src/domain/governance/forecast/backtest.ts';
import { estimateCost } from '../../src/domain/governance/launch-estimate.ts';
import { findIdleHours, hoursBeyond } from '../../src/domain/governance/past/idle-hours.ts';
import { expectedHours } from '../../src/domain/governance/past-hours.ts';
import { judge } from '../../src/domain/governance/rules/judge.ts';
import { formatPicos, parsePicos, roundPicos } from '../../src/domain/money/picos.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import { heldHour } from '../support/held-hours.ts';
import { judged, launch, service } from '../support/launches.ts';
import { markedTables } from '../support/marked-tables.ts';

/** Every worked example of docs/methodology-guardrails.md, from the inputs in its own cells. */
const page = readFileSync(new URL('../../docs/methodology-guardrails.md', import.meta.url), 'utf8');
const tables = new Map(markedTables(page).map(({ name, rows }) => [name, rows]));
const rowsOf = (name: string) => tables.get(name) ?? [];

it('finds all examples', () => {
  expect([...tables.keys()]).toEqual([
    'launch-cost',
    'launch-hours',
    'past-limit',
    'model-memory',
    'forecast',
    'burn',
    'anomaly-expected',
    'anomaly-causes',
    'forecast-widening',
    'notice-pauses',
  ]);
});

test.each(rowsOf('launch-cost'))('%s GPUs × %s × %s', (gpus, nodes, copies, price, hours, ...expected) => {
  const count = Number(copies);
  const one = launch({
    part: {
      gpusPerNode: Number(gpus),
      nodes: Number(nodes),
      nodesMin: Number(nodes),
      nodesMax: Number(nodes),
    },
    copies: { stated: count, min: count, max: count, isAutoscaled: false },
  });
  const { perHour, perRun } = estimateCost(
    one,
    { perGpuHour: [parsePicos(price!)!.picos], references: [], source: 'contract', assumptions: [] },
    expectedHours({ ...one, expectedHours: Number(hours) }, {}, []),
  );
  const cents = [perHour!.stated, perRun!.expected].map((picos) => formatPicos(roundPicos(picos, 2)));
  expect(cents).toEqual(expected);
});

test.each(rowsOf('launch-hours'))('past runs of %s hours, limit %s', (past, limit, ...expected) => {
  const runs = past === '–' ? [] : past!.split(', ').map(Number);
  const found = expectedHours(
    launch({ limitHours: limit === '–' ? null : Number(limit) }),
    {},
    runs.map((durationHours) => ({
      name: 'train',
      experiment: null,
      team: 'a',
      model: 'b',
      durationHours,
      hasSucceeded: true,
    })),
  )!;
  expect([found.low, found.expected, found.high].map(String)).toEqual(expected);
});

test.each(rowsOf('past-limit'))('%s with a limit of %s', (pattern, limit, longest, beyond) => {
  const idle = findIdleHours(
    [...pattern!].map((sign, hour) => heldHour(hour, sign === '.' ? 'idle' : 'productive')),
  );
  expect([String(idle.certain), String(hoursBeyond(idle, Number(limit)).length)]).toEqual([longest, beyond]);
});

test.each(rowsOf('model-memory'))('%s billion of %s bytes', (billions, bytes, headroom, gpus, expected) => {
  const one = service({
    part: { gpusPerNode: Number(gpus) },
    modelSize: { billions: Number(billions), bytesPerParameter: Number(bytes), from: 'm' },
  });
  const [objection] = judge({ rule: 'oversized-gpu', headroom: Number(headroom) }, judged(one));
  expect(objection!.message).toContain(`needs about ${expected} GiB per GPU`);
});

test.each(rowsOf('forecast'))('%s days to come', (count, ...expected) => {
  const history = Array.from({ length: 14 }, (_, day) => ({ weekday: day % 7, amount: day % 2 ? 12 : 8 }));
  const rest = Array.from({ length: Number(count) }, (_, day) => ({ weekday: day % 7, part: 1 }));
  const { low, expected: middle, high } = forecastSpend(0, history, rest)!;
  expect([low, middle, high].map((amount) => amount.toFixed(2))).toEqual(expected);
});

test.each(rowsOf('burn'))('%s hours at ten times the pace', (fastHours, long, short, burning) => {
  const hours = Array.from({ length: 240 }, (_, hour) => ({
    hourMs: hour * HOUR_MS,
    amount: hour >= 240 - Number(fastHours) ? 10 : 1,
  }));
  const [fast] = burnRates(hours, { fromMs: 0, toMs: 10 * DAY_MS }, 720, { fromMs: 0, toMs: 30 * DAY_MS });
  expect([String(fast!.long), String(fast!.short), fast!.isBurning ? 'yes' : 'no']).toEqual([
    long,
    short,
    burning,
  ]);
});

test.each(rowsOf('anomaly-expected'))('weeks of %s are expected to go on with %s', (weeks, expected) => {
  const levels = weeks!.split(', ').map((text) => (text === '–' ? null : Number(text)));
  const values = levels.flatMap((level) => Array<number | null>(7 * 24).fill(level));
  const found = expectDay({ startMs: Date.UTC(2026, 0, 5), values, weights: null }, 8 * 7, () => true);
  expect(new Set(found.map((value) => value!.toFixed(2)))).toEqual(new Set([expected]));
});

test.each(rowsOf('anomaly-causes'))(
  '%s hours at %s, %s of them productive',
  (hours, price, productive, ...expected) => {
    const use = (time: string, rate: string, work: string): ResourceUse => {
      const perHour = parsePicos(rate)!.picos;
      return {
        resource: 'h100',
        ticks: BigInt(time) * TICKS_PER_GPU_HOUR,
        productiveTicks: BigInt(work) * TICKS_PER_GPU_HOUR,
        unobservedTicks: 0n,
        costPicos: BigInt(time) * perHour,
        tarePicos: (BigInt(time) - BigInt(work)) * perHour,
      };
    };
    const uses = (one: ResourceUse) => ({ resources: [one], chargesPicos: 0n });
    const usual = use('100', '2.00', '50');
    const now = use(hours!, price!, productive!);
    const found = splitExcess('cost', uses(now), uses(usual), usual.costPicos);
    const excess = now.costPicos - usual.costPicos;
    expect([excess, found.price, found.volume, found.utilisation].map(formatPicos)).toEqual(expected);
  },
);

test.each(rowsOf('forecast-widening'))('misses of %s widen by %s', (misses, expected) => {
  const past = misses!.split(', ').map((miss) => ({
    madeMs: 0,
    forecast: { low: 90, expected: 100, high: 110, days: 56 },
    actual: 100 + 10 * Number(miss),
  }));
  expect(wideningBy(past).toFixed(2)).toBe(expected);
});

test.each(rowsOf('notice-pauses'))('after %s tries, %s minutes', (tries, minutes) => {
  let one = notice('slack', 'a', 'firing', 0);
  for (let attempt = 0; attempt < Number(tries); attempt++) one = failed(one, 0, 'down', null);
  expect(one.nextMs / MINUTE_MS).toBe(Number(minutes));
});
