import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { QueueFact } from '../facts/facts.ts';
import { formatPicos } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import { sumOf } from './add-up-plan.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import { findIdleCauses } from './idle-causes.ts';
import { proposeQuota } from './quota.ts';

const WINDOW = { fromMs: START, toMs: START + 48 * HOUR_MS };

function slot(hour: number, given: Partial<QueueFact> = {}): QueueFact {
  return {
    queue: 'kueue:ranking',
    startMs: START + hour * HOUR_MS,
    endMs: START + (hour + 1) * HOUR_MS,
    waitingMs: HOUR_MS,
    pendingWorkloads: 2,
    pendingGpus: 4,
    reservedGpus: 8,
    usedGpus: 8,
    nominalGpus: 8,
    ...given,
  };
}

/** Four GPUs that nobody holds. */
const free = (signs: string): HolderHour[] =>
  ['a', 'b', 'c', 'd'].flatMap((node) => hoursOf(signs, { node: `node-${node}` }));

const becauseOf = (hours: readonly HolderHour[], queues: readonly QueueFact[]) =>
  findIdleCauses(hours, [], { window: WINDOW, graceHours: 2, queues }).map(({ unallocated }) => unallocated);

describe('free time while a queue waits', () => {
  test.each([
    {
      name: 'with its quota used up',
      queue: slot(0),
      cause: 'did-not-fit',
      because: 'the quota of kueue:ranking was used up, 8 of 8 GPUs, while 2 waited',
    },
    {
      name: 'with too little left of it for one',
      queue: slot(0, { reservedGpus: 7 }),
      cause: 'did-not-fit',
      because: 'the quota of kueue:ranking was used up, 7 of 8 GPUs, while 2 waited',
    },
    {
      name: 'with quota left',
      queue: slot(0, { reservedGpus: 2 }),
      cause: 'did-not-fit',
      because: '2 runs waited with quota left: what is free is scattered, or of another kind',
    },
    {
      name: 'whose quota nobody tells',
      queue: slot(0, { nominalGpus: null }),
      cause: 'did-not-fit',
      because: '2 runs waited',
    },
    {
      name: 'for a moment',
      queue: slot(0, { waitingMs: 60_000 }),
      cause: 'nobody-asked',
      because: 'no run waited',
    },
    {
      name: 'of which nothing is known',
      queue: slot(0, { waitingMs: null, pendingWorkloads: null }),
      cause: 'unknown',
      because: 'no source says what was waiting',
    },
  ])('$name', ({ queue, cause, because }) => {
    expect(becauseOf(hoursOf('0'), [queue])).toMatchObject([{ cause, because }]);
  });

  it('counts a run that a queue holds back once', () => {
    const run = {
      runId: 'k8s:ml/Job/a',
      name: 'a',
      workloadId: null,
      queue: 'ranking',
      queuedMs: START,
      startMs: null,
      endMs: null,
      gangUntilMs: null,
    };
    const found = findIdleCauses(hoursOf('0'), [run, run], {
      window: WINDOW,
      graceHours: 2,
      queues: [slot(0)],
    });
    expect(found[0]!.unallocated).toMatchObject({ runsWaiting: 2, isQuota: true });
  });
});

describe('quota', () => {
  const saved = (hours: readonly HolderHour[], queues: readonly QueueFact[]) =>
    proposeQuota(hours, queues, WINDOW).map((one) => formatPicos(sumOf(one.replay(hours.map(grossPicos)))));

  test.each([
    // Four GPUs at 1.00 were free in two hours; in the first, eight were wanted, in the second one.
    {
      name: 'takes what was free, up to what waited',
      queues: [slot(0, { pendingGpus: 8 }), slot(1, { pendingGpus: 1 })],
      expected: ['5.00'],
    },
    {
      name: 'adds up what waited in several queues',
      queues: [slot(0, { pendingGpus: 1 }), slot(0, { queue: 'kueue:search', pendingGpus: 1 })],
      expected: ['2.00'],
    },
    {
      name: 'takes one GPU for each workload that does not say',
      queues: [slot(0, { pendingGpus: null })],
      expected: ['2.00'],
    },
    {
      name: 'has nothing to say where there is quota left',
      queues: [slot(0, { reservedGpus: 2 })],
      expected: [],
    },
    { name: 'has nothing to say without queues', queues: [], expected: [] },
  ])('$name', ({ queues, expected }) => {
    expect(saved(free('00'), queues)).toEqual(expected);
  });

  it('names its queues, what they waited for and what to change', () => {
    const [proposal] = proposeQuota(
      free('0'),
      [slot(0), slot(0, { queue: 'runai:vision', nominalGpus: 16, reservedGpus: 16 })],
      WINDOW,
    );
    expect(proposal).toMatchObject({
      target: 'kueue:ranking, runai:vision',
      cause: 'did-not-fit',
      change: {
        kind: 'share-quota',
        pool: 'lab',
        queues: [
          { queue: 'kueue:ranking', nominalGpus: 8 },
          { queue: 'runai:vision', nominalGpus: 16 },
        ],
      },
    });
    expect(proposal!.facts).toEqual([
      'kueue:ranking: its 8 GPUs were used up in 1 of those hours while up to 2 workloads waited for 4 GPUs',
      'runai:vision: its 16 GPUs were used up in 1 of those hours while up to 2 workloads waited for 4 GPUs',
      '4 GPU-hours were held by nobody in 1 hours in which that was so',
    ]);
  });

  it('never takes more than was free, nor more than waited', () => {
    const signs = fc.string({ unit: fc.constantFrom('#', '.', '0', ' '), minLength: 1, maxLength: 24 });
    const asked = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(signs, asked, (line, gpus) => {
        const hours = free(line);
        const queues = gpus.map((pendingGpus, hour) => slot(hour, { pendingGpus }));
        for (const { replay } of proposeQuota(hours, queues, WINDOW)) {
          const claims = replay(hours.map(grossPicos));
          for (const { index, picos } of claims)
            expect(picos).toBeLessThanOrEqual(hours[index]!.cost.unallocated);
          const wanted = gpus.reduce((sum, one) => sum + one, 0);
          expect(sumOf(claims)).toBeLessThanOrEqual(BigInt(wanted) * 1_000_000_000_000n);
        }
      }),
    );
  });
});
