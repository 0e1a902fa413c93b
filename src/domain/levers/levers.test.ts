import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatPicos } from '../money/picos.ts';
import { keepAliveFrontier } from '../simulation/scale-to-zero/keep-alive-frontier.ts';
import { HOUR_MS, MINUTE_MS } from '../time/window.ts';
import { PARTS_PER_GPU } from '../units/gpu-time.ts';
import { addUpPlan, sumOf } from './add-up-plan.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import { findIdleCauses } from './idle-causes.ts';
import { proposePack } from './pack.ts';
import type { HeldDevice } from './packed-nodes.ts';
import type { Proposal } from './proposal.ts';
import { proposeQuota } from './quota.ts';
import { proposeReclaim } from './reclaim.ts';
import { proposeRelease } from './release.ts';
import { resampleDays } from './resample-days.ts';
import { type ActiveSlot, DEFAULT_SCALE_TO_ZERO, proposeScaleToZero, releaseSlots } from './scale-to-zero.ts';
import { proposeShare, type UsageProfile } from './share.ts';

const WINDOW = { fromMs: START - HOUR_MS, toMs: START + 100 * HOUR_MS };
const causes = (hours: readonly HolderHour[]) => findIdleCauses(hours, [], { window: WINDOW, graceHours: 2 });
const reclaim = (hours: readonly HolderHour[]) =>
  proposeReclaim(hours, causes(hours), { firstHourMs: WINDOW.fromMs, graceHours: 2, restartMinutes: 10 });
const saving = (hours: readonly HolderHour[], proposals: readonly Proposal[]) =>
  proposals.map((proposal) => formatPicos(sumOf(proposal.replay(hours.map(grossPicos)))));

describe('reclaim', () => {
  test.each([
    { name: 'keeps the grace time', signs: '#.....', kind: 'notebook', expected: ['3.00'] },
    { name: 'pays for the restart', signs: '#.....#', kind: 'notebook', expected: ['2.833333333334'] },
    { name: 'asks nothing back within the grace time', signs: '#..#..#', kind: 'notebook', expected: [] },
    { name: 'leaves endpoints to another lever', signs: '#.....', kind: 'inference', expected: [] },
    { name: 'leaves daemons alone', signs: '#.....', kind: 'system', expected: [] },
    { name: 'takes back what was never used', signs: '......', kind: 'batch', expected: ['4.00'] },
    { name: 'never takes an hour that nobody saw', signs: '#..??..', kind: 'notebook', expected: ['2.00'] },
  ])('$name', ({ signs, kind, expected }) => {
    const hours = hoursOf(signs, { kind });
    expect(saving(hours, reclaim(hours))).toEqual(expected);
  });

  it('needs no grace once the run has ended', () => {
    const hours = hoursOf('#...', { kind: 'training' });
    const ended = {
      runId: 'r',
      name: 'r',
      queue: null,
      gangUntilMs: null,
      queuedMs: null,
      workloadId: 'lab/one',
      startMs: START,
      endMs: START + HOUR_MS,
    };
    const found = findIdleCauses(hours, [ended], { window: WINDOW, graceHours: 2 });
    const options = { firstHourMs: WINDOW.fromMs, graceHours: 2, restartMinutes: 10 };
    const [proposal] = proposeReclaim(hours, found, options);
    expect(saving(hours, [proposal!])).toEqual(['3.00']);
    expect(proposal!.facts).toContain('held after its run ended');
  });
});

/** Slots of ten minutes, `#` busy and `.` not; a blank for one without a sample. */
function slotsOf(signs: string): ActiveSlot[] {
  return [...signs].flatMap((sign, index) =>
    sign === ' '
      ? []
      : [
          {
            workloadId: 'lab/one',
            slotMs: START + index * 10 * MINUTE_MS,
            busyPpm: sign === '#' ? 400_000 : 0,
            intervalMs: 60_000,
          },
        ],
  );
}

describe('scale to zero', () => {
  const day = `${'#'.repeat(6)}${'.'.repeat(18)}`;

  it('releases after the keep-alive, and pays for the cold start', () => {
    // One busy hour, three idle ones: 17 of 18 idle slots beyond the first, less one start of 120 s, less the first of all.
    const hours = hoursOf('#...', { kind: 'inference' });
    const [proposal] = proposeScaleToZero(hours, causes(hours), slotsOf(day));
    expect(proposal).toMatchObject({
      target: 'one',
      risk: 'low',
      change: { keepAliveSeconds: 600, replicas: 1 },
    });
    expect(Number(saving(hours, [proposal!])[0])).toBeCloseTo(17 / 6, 9);
  });

  it('leaves an endpoint alone that always has requests', () => {
    const hours = hoursOf('++++', { kind: 'inference' });
    expect(proposeScaleToZero(hours, causes(hours), slotsOf('#.'.repeat(12)))).toEqual([]);
  });

  it('takes a longer keep-alive where the shortest starts too often', () => {
    const hours = hoursOf('+...'.repeat(6), { kind: 'inference' });
    const often = '#...#...................'.repeat(6);
    const [proposal] = proposeScaleToZero(hours, causes(hours), slotsOf(often));
    expect(proposal?.change).toMatchObject({ keepAliveSeconds: 1_800 });
  });

  it('releases as much as the frontier counts', () => {
    const signs = fc.string({ unit: fc.constantFrom('#', '.', '.', ' '), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(signs, fc.integer({ min: 1, max: 5 }), (line, intervals) => {
        const slots = slotsOf(line);
        const { frontier, samples } = keepAliveFrontier(
          {
            replicaOf: new Int32Array(slots.length),
            atSeconds: Float64Array.from(slots, ({ slotMs }) => slotMs / 1000),
            isBusy: Uint8Array.from(slots, ({ busyPpm }) => Number(busyPpm > 0)),
          },
          600,
          [intervals * 600],
          DEFAULT_SCALE_TO_ZERO.coldStartSeconds,
        );
        const released = releaseSlots('lab/one', slots, intervals);
        const saved = Math.round(frontier[0]!.gpuHoursSavedFraction * samples);
        expect(released.filter(({ isReleased }) => isReleased)).toHaveLength(saved);
        expect(released.filter(({ startsCold }) => startsCold)).toHaveLength(frontier[0]!.coldStarts);
      }),
    );
  });
});

function profile(workloadId: string, given: Partial<UsageProfile> = {}): UsageProfile {
  return {
    workloadId,
    deviceId: `gpu-${workloadId}`,
    node: 'node-1',
    gpuModel: 'L40S',
    isWholeGpu: true,
    deviceMemoryMib: 46_068,
    samples: 5_000,
    memoryP99Mib: 6_000,
    busyP99Ppm: 200_000,
    effectiveP99Ppm: 100_000,
    ...given,
  };
}

function tenants(...given: readonly Partial<UsageProfile>[]) {
  const names = given.map((_, index) => `lab/t${index}`);
  const gpuModel = given[0]?.gpuModel ?? 'L40S';
  return {
    hours: names.flatMap((workloadId) =>
      hoursOf('++++', { workloadId, workload: workloadId.slice(4), kind: 'inference', gpuModel }),
    ),
    profiles: given.map((one, index) => profile(names[index]!, one)),
  };
}

describe('share', () => {
  test.each([
    // Four hours of one GPU, less 2 ÷ 1.873 − 1 of the one that is kept.
    { name: 'two light tenants', given: [{}, {}], expected: ['3.728776'] },
    // Three of four, less (2 ÷ 1.873)³ − 1.
    { name: 'five, four to a GPU', given: [{}, {}, {}, {}, {}], expected: ['11.129912'] },
    {
      name: 'none that are busy together',
      given: [{ busyP99Ppm: 600_000 }, { busyP99Ppm: 400_000 }],
      expected: [],
    },
    {
      name: 'none whose memory does not fit',
      given: [{ memoryP99Mib: 30_000 }, { memoryP99Mib: 30_000 }],
      expected: [],
    },
    { name: 'none whose memory is unknown', given: [{ memoryP99Mib: null }, {}], expected: [] },
    { name: 'none with too few samples', given: [{ samples: 20 }, {}], expected: [] },
    { name: 'none that have a slice already', given: [{ isWholeGpu: false }, {}], expected: [] },
  ])('$name', ({ given, expected }) => {
    const { hours, profiles } = tenants(...given);
    expect(saving(hours, proposeShare(hours, profiles))).toEqual(expected);
  });

  it('cuts a GPU that can be cut, by its part of the chip and its memory', () => {
    const gpu = { gpuModel: 'H100-SXM5-80GB', deviceMemoryMib: 81_559 };
    const { hours, profiles } = tenants(
      { ...gpu, effectiveP99Ppm: 300_000, memoryP99Mib: 30_000 },
      { ...gpu, effectiveP99Ppm: 50_000, memoryP99Mib: 15_000 },
      { ...gpu, effectiveP99Ppm: 100_000, memoryP99Mib: 5_000 },
    );
    const [proposal] = proposeShare(hours, profiles);
    expect(proposal!.change).toEqual({
      kind: 'mig',
      gpuModel: 'H100-SXM5-80GB',
      gpus: [['3g.40gb', '2g.20gb', '1g.10gb']],
    });
    expect(saving(hours, [proposal!])).toEqual(['8.00']);
  });

  it('saves nothing in hours in which one tenant is there alone', () => {
    const hours = [
      ...hoursOf('++', { workloadId: 'lab/t0', workload: 't0', kind: 'inference' }),
      ...hoursOf(' +++', { workloadId: 'lab/t1', workload: 't1', kind: 'inference' }),
    ];
    expect(saving(hours, proposeShare(hours, [profile('lab/t0'), profile('lab/t1')]))).toEqual(['0.932194']);
  });
});

describe('release', () => {
  const release = (hours: readonly HolderHour[]) => proposeRelease(hours, causes(hours));

  test.each([
    { name: 'keeps an empty node for an hour', signs: '#000', lifecycle: 'on_demand', expected: ['2.00'] },
    { name: 'pays for the next start', signs: '#000#', lifecycle: 'spot', expected: ['1.833333333334'] },
    { name: 'leaves short pauses', signs: '#0#0#', lifecycle: 'on_demand', expected: [] },
    { name: 'leaves what is paid for either way', signs: '#000', lifecycle: 'committed', expected: [] },
  ])('$name', ({ signs, lifecycle, expected }) => {
    const hours = hoursOf(signs, { lifecycle });
    expect(saving(hours, release(hours))).toEqual(expected);
  });

  it('leaves a node that somebody holds a part of', () => {
    const hours = [...hoursOf('0000'), ...hoursOf('####', { workloadId: 'lab/other', kind: 'training' })];
    expect(release(hours)).toEqual([]);
  });

  it('leaves hours in which runs waited', () => {
    const hours = hoursOf('#0000');
    const waits = {
      runId: 'r',
      name: 'r',
      queue: null,
      workloadId: null,
      queuedMs: START,
      startMs: null,
      endMs: null,
      gangUntilMs: null,
    };
    const found = findIdleCauses(hours, [waits], { window: WINDOW, graceHours: 2 });
    expect(proposeRelease(hours, found)).toEqual([]);
  });
});

/** A queue without quota left, all the time. */
const QUEUES = Array.from({ length: 40 }, (_, hour) => ({
  queue: 'kueue:lab',
  startMs: START + hour * HOUR_MS,
  endMs: START + (hour + 1) * HOUR_MS,
  waitingMs: HOUR_MS,
  pendingWorkloads: 1,
  pendingGpus: hour % 3,
  reservedGpus: 2,
  usedGpus: null,
  nominalGpus: 2,
}));

/** What the hours say was held, as the store tells it. */
function heldIn(hours: readonly HolderHour[]): HeldDevice[] {
  return hours
    .filter(({ workloadId }) => workloadId !== '')
    .map(({ workloadId, node, gpuModel, hourMs }) => ({
      workloadId,
      deviceId: `${node}/${workloadId}`,
      node,
      gpuModel,
      isWholeGpu: true,
      shareParts: PARTS_PER_GPU,
      startMs: hourMs,
      endMs: hourMs + HOUR_MS,
    }));
}

describe('the plan', () => {
  const line = fc.string({
    unit: fc.constantFrom('#', '+', '.', '.', '.', '.', '?', ' ', '0', '0', '0'),
    minLength: 1,
    maxLength: 30,
  });
  const fleet = fc
    .array(fc.record({ line, kind: fc.constantFrom('notebook', 'inference', 'batch') }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((list) =>
      list.flatMap(({ line: signs, kind }, index) =>
        hoursOf(signs).map((hour) =>
          hour.workloadId === ''
            ? { ...hour, node: `node-${index}` }
            : { ...hour, kind, workloadId: `lab/t${index}`, workload: `t${index}`, node: `node-${index}` },
        ),
      ),
    );
  const proposalsOf = (hours: readonly HolderHour[]) => {
    const ids = [...new Set(hours.map(({ workloadId }) => workloadId))].filter(Boolean);
    const found = causes(hours);
    return [
      ...proposeReclaim(hours, found, { firstHourMs: WINDOW.fromMs, graceHours: 2, restartMinutes: 10 }),
      ...proposeScaleToZero(
        hours,
        found,
        ids.flatMap((workloadId) => slotsOf('#.....'.repeat(6)).map((slot) => ({ ...slot, workloadId }))),
      ),
      ...proposeShare(
        hours,
        ids.map((id) => profile(id, { node: `node-${id.slice(5)}`, busyP99Ppm: 100_000 })),
      ),
      ...proposeQuota(hours, QUEUES, WINDOW),
      ...proposePack(hours, found, heldIn(hours)),
      ...proposeRelease(hours, found),
    ];
  };

  it('saves no hour twice, and never more than it costs', () => {
    let proposed = 0;
    fc.assert(
      fc.property(fleet, (hours) => {
        const plan = addUpPlan(hours, proposalsOf(hours));
        const saved = new Map<number, bigint>();
        for (const { inPlan } of plan) {
          for (const { index, picos } of inPlan) saved.set(index, (saved.get(index) ?? 0n) + picos);
        }
        for (const [index, picos] of saved) expect(picos <= grossPicos(hours[index]!)).toBe(true);
        proposed += plan.length;
      }),
    );
    expect(proposed).toBeGreaterThan(100);
  });

  it('has no lever that saves more than the cost it cuts, or more in the plan than alone', () => {
    fc.assert(
      fc.property(fleet, (hours) => {
        for (const { proposal, alone, inPlan } of addUpPlan(hours, proposalsOf(hours))) {
          const cost = proposal.scope.reduce((sum, index) => sum + grossPicos(hours[index]!), 0n);
          expect(sumOf(alone) <= cost).toBe(true);
          expect(alone.every(({ index, picos }) => proposal.scope.includes(index) && picos > 0n)).toBe(true);
          expect(sumOf(inPlan) <= sumOf(alone)).toBe(true);
        }
      }),
    );
  });

  it('says which lever had taken what another claims too', () => {
    const hours = [
      ...hoursOf('#.......', { workloadId: 'lab/t0', workload: 't0' }),
      ...hoursOf('#.......', { workloadId: 'lab/t1', workload: 't1' }),
    ];
    const proposals = [...proposeShare(hours, [profile('lab/t0'), profile('lab/t1')]), ...reclaim(hours)];
    const plan = addUpPlan(hours, proposals).map(({ proposal, alone, inPlan, takenBefore }) => [
      proposal.lever,
      formatPicos(sumOf(alone)),
      formatPicos(sumOf(inPlan)),
      takenBefore,
    ]);
    expect(plan).toEqual([
      ['reclaim', '5.00', '5.00', []],
      ['reclaim', '5.00', '5.00', []],
      ['share', '7.457552', '2.796582', ['reclaim']],
    ]);
  });
});

describe('resampled history', () => {
  const days = Array.from({ length: 28 }, (_, day) => ({ amount: day % 7 < 5 ? 10 : 2, hours: 24 }));
  const options = { seed: 42, name: 'reclaim/one', periodHours: 730 };

  it('is the same for the same seed, and another for another name', () => {
    const uneven = days.map((day, index) => ({ ...day, amount: day.amount + index }));
    expect(resampleDays(uneven, options)).toEqual(resampleDays(uneven, options));
    expect(resampleDays(uneven, { ...options, name: 'reclaim/two' })).not.toEqual(
      resampleDays(uneven, options),
    );
  });

  it('keeps weeks together: what repeats by the week has hardly a range', () => {
    const { low, high } = resampleDays(days, options);
    const month = ((5 * 10 + 2 * 2) / 7) * (730 / 24);
    expect(low).toBeCloseTo(month, 6);
    expect(high).toBeCloseTo(month, 6);
  });

  it('has a range around what is uneven', () => {
    const once = days.map((_, index) => ({ amount: index === 3 ? 280 : 0, hours: 24 }));
    const { low, high } = resampleDays(once, options);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(10 * (730 / 24));
  });
});
