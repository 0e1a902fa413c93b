import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { addUpPlan, sumOf } from '../../src/domain/levers/add-up-plan.ts';
import { proposeBatch } from '../../src/domain/levers/batch.ts';
import { DEFAULT_BATCH } from '../../src/domain/levers/batch-options.ts';
import { fitBatches } from '../../src/domain/levers/fit-batches.ts';
import { grossPicos, type HolderHour } from '../../src/domain/levers/holder-hour.ts';
import { hoursOf, START } from '../../src/domain/levers/hours.fixture.ts';
import { findIdleCauses } from '../../src/domain/levers/idle-causes.ts';
import { slowdownPpm } from '../../src/domain/levers/interference.ts';
import { proposePack } from '../../src/domain/levers/pack.ts';
import { fleetOf, type Stay } from '../../src/domain/levers/placed.fixture.ts';
import { littlesLaw } from '../../src/domain/levers/plan-sequences.ts';
import type { Proposal } from '../../src/domain/levers/proposal.ts';
import { proposeQuota } from '../../src/domain/levers/quota.ts';
import { proposeReclaim } from '../../src/domain/levers/reclaim.ts';
import { proposeRelease } from '../../src/domain/levers/release.ts';
import { resampleDays } from '../../src/domain/levers/resample-days.ts';
import {
  type ActiveSlot,
  DEFAULT_SCALE_TO_ZERO,
  proposeScaleToZero,
  releaseSlots,
} from '../../src/domain/levers/scale-to-zero.ts';
import { type InventedHour, serve } from '../../src/domain/levers/served.fixture.ts';
import { servedEndpoints } from '../../src/domain/levers/served-endpoint.ts';
import { proposeShare, type UsageProfile } from '../../src/domain/levers/share.ts';
import { displayAmount } from '../../src/domain/money/display-money.ts';
import { divideHalfEven } from '../../src/domain/money/divide-half-even.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { markedTables } from '../support/marked-tables.ts';

/** Every worked example of docs/methodology-levers.md, from the inputs in its own cells. */
const page = readFileSync(new URL('../../docs/methodology-levers.md', import.meta.url), 'utf8');
const tables = new Map(markedTables(page).map(({ name, rows }) => [name, rows]));
const rowsOf = (name: string) => tables.get(name) ?? [];

const WINDOW = { fromMs: START - HOUR_MS, toMs: START + 100 * HOUR_MS };
const causesOf = (hours: readonly HolderHour[]) =>
  findIdleCauses(hours, [], { window: WINDOW, graceHours: 2 });
const savingOf = (hours: readonly HolderHour[], proposals: readonly Proposal[]) =>
  displayAmount(
    proposals.reduce((sum, { replay }) => sum + sumOf(replay(hours.map(grossPicos))), 0n),
    2,
  );
const reclaim = (hours: readonly HolderHour[]) =>
  proposeReclaim(hours, causesOf(hours), { firstHourMs: WINDOW.fromMs, graceHours: 2, restartMinutes: 10 });

it('finds all examples', () => {
  expect([...tables.keys()]).toEqual([
    'reclaim',
    'scale-to-zero',
    'batch-time',
    'batch-fill',
    'batch-replicas',
    'sequences',
    'share',
    'quota',
    'pack',
    'release',
    'plan',
    'month',
    'range',
  ]);
});

test.each(rowsOf('reclaim'))('reclaim of %s', (signs, expected) => {
  const hours = hoursOf(signs!);
  expect(savingOf(hours, reclaim(hours))).toBe(expected);
});

test.each(rowsOf('scale-to-zero'))('scale to zero of %s', (signs, line, coldStarts, expected) => {
  const hours = hoursOf(signs!, { kind: 'inference' });
  const slots = [...line!].map(
    (sign, index): ActiveSlot => ({
      workloadId: 'lab/one',
      slotMs: START + index * 10 * MINUTE_MS,
      busyPpm: sign === '#' ? 400_000 : 0,
      intervalMs: MINUTE_MS,
    }),
  );
  const options = { ...DEFAULT_SCALE_TO_ZERO, keepAliveSeconds: [600] };
  const released = releaseSlots('lab/one', slots, 1);
  expect(released.filter(({ startsCold }) => startsCold)).toHaveLength(Number(coldStarts));
  expect(savingOf(hours, proposeScaleToZero(hours, causesOf(hours), slots, options))).toBe(expected);
});

/** A day and a half of alike hours, so that there is enough to fit. */
function endpointOf(replicas: number, hour: InventedHour) {
  const { ledger, served } = serve({ replicas, hours: Array.from({ length: 36 }, () => hour) });
  return { ledger, served, endpoints: servedEndpoints(ledger, served, new Map()) };
}

test.each(rowsOf('batch-time'))(
  '%s replicas busy for %s with %s requests in %s executions',
  (replicas, busy, requests, executions, size, ms) => {
    const { endpoints } = endpointOf(Number(replicas), {
      busy: Number(busy),
      fill: 0.1,
      requests: Number(requests) / Number(replicas),
      batches: Number(executions),
    });
    const fitted = fitBatches(endpoints[0]!.served);
    if ('unknown' in fitted) throw new Error(fitted.unknown);
    const { perRequestMs, fixedMs } = fitted.time;
    expect(fitted.meanBatch.toFixed(1)).toBe(size);
    expect((fixedMs + perRequestMs * fitted.meanBatch).toFixed(2)).toBe(ms);
  },
);

test.each(rowsOf('batch-fill'))('a batch of %s ms with %s requests at %s', (ms, size, fill, ...expected) => {
  const requests = 36_000;
  const batches = requests / Number(size);
  const busy = (batches * Number(ms)) / HOUR_MS;
  const { endpoints } = endpointOf(1, { busy, fill: Number(fill), requests, batches });
  const fitted = fitBatches(endpoints[0]!.served);
  if ('unknown' in fitted) throw new Error(fitted.unknown);
  const { perRequestMs, fixedMs } = fitted.time;
  expect([perRequestMs, fixedMs, fixedMs + 8 * perRequestMs].map((one) => one.toFixed(2))).toEqual(expected);
});

test.each(rowsOf('batch-replicas'))(
  'replicas for %s requests a second within %s',
  (perSecond, limit, now, then, maxBatch, expected) => {
    const replicas = 4;
    const requests = (Number(perSecond) / replicas) * 3_600;
    const hour = { busy: (requests * 10) / HOUR_MS, fill: 0.1, requests, batches: requests * replicas };
    const { ledger, endpoints } = endpointOf(replicas, hour);
    const sloMs = new Map([['encoder', Number.parseFloat(limit!)]]);
    const proposals = proposeBatch(ledger, endpoints, { ...DEFAULT_BATCH, peakFactor: 1, sloMs });
    const claims = proposals.flatMap(({ replay }) => replay(ledger.map(grossPicos)));
    const ofOneHour = claims.filter(({ index }) => index === 0).reduce((sum, { picos }) => sum + picos, 0n);
    const change = proposals[0]?.change;
    const needed = change?.kind === 'dynamic-batching' ? change : { replicas, maxBatch: '' };
    const present = /second (\d+) replicas/.exec(proposals[0]?.facts[1] ?? '')?.[1] ?? `${replicas}`;
    expect([present, `${needed.replicas}`, `${needed.maxBatch}`, displayAmount(ofOneHour, 2)]).toEqual([
      now,
      then,
      maxBatch,
      expected,
    ]);
  },
);

test.each(rowsOf('sequences'))('%s replicas of a language model', (replicas, ...expected) => {
  const [promptMs, tokens, fixedMs, perSequenceMs] = [100, 200, 20, 0.25];
  const running = littlesLaw(0.006 / Number(replicas), promptMs, tokens, { fixedMs, perSequenceMs })!;
  const latency = promptMs + tokens * (fixedMs + perSequenceMs * running);
  expect([running.toFixed(2), latency.toFixed(0)]).toEqual(expected);
});

/** Light workloads with a GPU each, in every hour of the picture. */
function tenantsOf(count: number, gpuModel: string, signs: string, kind: string) {
  const ids = Array.from({ length: count }, (_, index) => `lab/t${index}`);
  const profiles = ids.map(
    (workloadId): UsageProfile => ({
      workloadId,
      deviceId: `gpu-${workloadId}`,
      node: 'node-1',
      gpuModel,
      isWholeGpu: true,
      deviceMemoryMib: 81_559,
      samples: 5_000,
      memoryP99Mib: 6_000,
      busyP99Ppm: 200_000,
      effectiveP99Ppm: 100_000,
    }),
  );
  const hours = ids.flatMap((workloadId) =>
    hoursOf(signs, { workloadId, workload: workloadId.slice(4), kind, gpuModel }),
  );
  return { hours, proposals: proposeShare(hours, profiles) };
}

test.each(rowsOf('share'))('%s tenants', (count, onSlices, inTimeSlices, slowed) => {
  const savedOn = (gpuModel: string) => {
    const { hours, proposals } = tenantsOf(Number(count), gpuModel, '+', 'inference');
    return savingOf(hours, proposals);
  };
  expect([savedOn('H100-SXM5-80GB'), savedOn('L40S')]).toEqual([onSlices, inTimeSlices]);
  expect(`${(Number(slowdownPpm(Number(count))) / 10_000).toFixed(1)} %`).toBe(slowed);
});

test.each(rowsOf('quota'))(
  '%s GPUs free beside a quota of %s with %s reserved',
  (free, nominal, reserved, workloads, gpus, expected) => {
    const hours = Array.from({ length: Number(free) }, (_, index) =>
      hoursOf('0', { node: `node-${index}` }),
    ).flat();
    const queue = {
      queue: 'kueue:ranking',
      startMs: START,
      endMs: START + HOUR_MS,
      waitingMs: HOUR_MS,
      pendingWorkloads: Number(workloads),
      pendingGpus: Number(gpus),
      reservedGpus: Number(reserved),
      usedGpus: null,
      nominalGpus: Number(nominal),
    };
    expect(savingOf(hours, proposeQuota(hours, [queue], WINDOW))).toBe(expected);
  },
);

test.each(rowsOf('pack'))('%s beside %s', (first, second, expected) => {
  const stays = [...staysOf('a', first!), ...staysOf('b', second!)];
  const { hours, held } = fleetOf({ a: { gpus: 8, hours: 12 }, b: { gpus: 8, hours: 12 } }, stays);
  expect(savingOf(hours, proposePack(hours, causesOf(hours), held))).toBe(expected);
});

/** `4 × 0–12, 4 × 1–12`. */
function staysOf(on: string, text: string): Stay[] {
  return text.split(', ').map((one, index) => {
    const [, gpus, from, to] = /^(\d+) × (\d+)–(\d+)$/.exec(one)!;
    return { who: `${on}${index}`, on, gpus: Number(gpus), from: Number(from), to: Number(to) };
  });
}

test.each(rowsOf('release'))('release of %s', (signs, expected) => {
  const hours = hoursOf(signs!);
  expect(savingOf(hours, proposeRelease(hours, causesOf(hours)))).toBe(expected);
});

it('adds up a plan as the page says', () => {
  const { hours, proposals } = tenantsOf(2, 'L40S', '#.......', 'notebook');
  const plan = addUpPlan(hours, [...proposals, ...reclaim(hours)]).map(({ proposal, alone, inPlan }) => [
    proposal.lever,
    displayAmount(sumOf(alone), 2),
    displayAmount(sumOf(inPlan), 2),
  ]);
  expect(plan).toEqual(rowsOf('plan'));
});

test.each(rowsOf('month'))('%s saved in %s hours', (saved, hours, expected) => {
  const picos = divideHalfEven(parsePicos(saved!)!.picos * 730n, BigInt(hours!));
  expect(displayAmount(picos, 2)).toBe(expected);
});

test.each(rowsOf('range'))('the range of %s', (line, ...expected) => {
  const days = line!.split(' ').map((amount) => ({ amount: Number(amount), hours: 24 }));
  const { low, high } = resampleDays(days, { seed: 42, name: 'example', periodHours: 730 });
  expect([low, high].map((one) => one.toFixed(2))).toEqual(expected);
});
