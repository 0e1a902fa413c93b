import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../time/window.ts';
import type { HolderHour, RunSpan } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import { findIdleCauses, IDLE_CAUSES } from './idle-causes.ts';

const WINDOW = { fromMs: START - HOUR_MS, toMs: START + 48 * HOUR_MS };

function run(given: Partial<RunSpan>): RunSpan {
  return {
    runId: 'slurm:a:1',
    name: 'sweep',
    workloadId: null,
    queue: 'gpu',
    queuedMs: null,
    startMs: null,
    endMs: null,
    gangUntilMs: null,
    ...given,
  };
}

/** The cause of each hour's idle or free time, one a sign of the picture. */
function causesOf(hours: readonly HolderHour[], runs: readonly RunSpan[] = []): (string | null)[] {
  return findIdleCauses(hours, runs, { window: WINDOW, graceHours: 2 }).map(
    ({ idle, unallocated }) => (idle ?? unallocated)?.cause ?? null,
  );
}

const of = (kind: string) => ({ kind });
const times = (count: number, cause: string | null) => new Array<string | null>(count).fill(cause);

describe('held time', () => {
  test.each([
    {
      name: 'a notebook in use',
      signs: '#+.#',
      given: of('notebook'),
      expected: [null, 'interactive', 'interactive', null],
    },
    {
      name: 'a notebook left open',
      signs: '#....',
      given: of('notebook'),
      expected: [null, ...times(4, 'forgotten')],
    },
    {
      name: 'a notebook that comes back',
      signs: '#...+',
      given: of('notebook'),
      expected: [null, ...times(3, 'forgotten'), 'interactive'],
    },
    { name: 'a job that never ran', signs: '....', given: of('batch'), expected: times(4, 'forgotten') },
    {
      name: 'a job that starts',
      signs: '.+++',
      given: of('training'),
      expected: ['starting-up', ...times(3, 'loading')],
    },
    {
      name: 'a run with gaps',
      signs: '#+.+',
      given: of('training'),
      expected: [null, ...times(3, 'loading')],
    },
    {
      name: 'an endpoint at night',
      signs: '+...+',
      given: of('inference'),
      expected: ['starting-up', ...times(3, 'no-traffic'), 'waiting-for-batch'],
    },
    { name: 'a daemon', signs: '#....+', given: of('system'), expected: [null, ...times(5, 'unknown')] },
    {
      name: 'hours that nobody saw',
      signs: '#.??..',
      given: of('notebook'),
      expected: [null, 'forgotten', null, null, 'forgotten', 'forgotten'],
    },
  ])('of $name', ({ signs, given, expected }) => {
    expect(causesOf(hoursOf(signs, given))).toEqual(expected);
  });

  it('waits for its gang until the last of its pods has started', () => {
    const gang = run({ workloadId: 'lab/one', startMs: START, gangUntilMs: START + 2 * HOUR_MS });
    expect(causesOf(hoursOf('...#+', of('training')), [gang])).toEqual([
      'waiting-for-gang',
      'waiting-for-gang',
      'starting-up',
      null,
      'loading',
    ]);
  });

  it('after the run of its holder ended is forgotten at once', () => {
    const ended = run({ workloadId: 'lab/one', startMs: START, endMs: START + HOUR_MS });
    expect(causesOf(hoursOf('#..', of('training')), [ended])).toEqual([null, 'forgotten', 'forgotten']);
    const goesOn = run({ workloadId: 'lab/one', startMs: START, endMs: null });
    expect(causesOf(hoursOf('#..', of('training')), [ended, goesOn])).toEqual([null, 'loading', 'loading']);
  });

  it('begins anew when the holder went and came again', () => {
    expect(causesOf(hoursOf('#.. ..#', of('notebook')))).toEqual([
      null,
      ...times(2, 'interactive'),
      ...times(2, 'starting-up'),
      null,
    ]);
  });
});

describe('free time', () => {
  const waiting = (fromHour: number, toHour: number) =>
    run({ queuedMs: START + fromHour * HOUR_MS, startMs: START + toHour * HOUR_MS });

  it('is nobody’s while nothing waits, and did not fit while something does', () => {
    expect(causesOf(hoursOf('#000'), [waiting(2, 3)])).toEqual([
      null,
      'nobody-asked',
      'did-not-fit',
      'nobody-asked',
    ]);
  });

  it('is unknown where no source says what waits', () => {
    expect(causesOf(hoursOf('#0'))).toEqual([null, 'unknown']);
  });

  it('does not count a scheduler’s round as a queue', () => {
    const short = run({ queuedMs: START + HOUR_MS, startMs: START + HOUR_MS + 2 * MINUTE_MS });
    expect(causesOf(hoursOf('#0'), [short])).toEqual([null, 'nobody-asked']);
  });

  it('says how many waited while others idled', () => {
    const hours = hoursOf('#....');
    const found = findIdleCauses(hours, [waiting(1, 3)], { window: WINDOW, graceHours: 2 });
    expect(found.map(({ idle }) => idle?.runsWaiting ?? 0)).toEqual([0, 1, 1, 0, 0]);
  });

  it('of a node that has just come is its start', () => {
    expect(causesOf(hoursOf('0#0'), [waiting(20, 21)])).toEqual(['starting-up', null, 'nobody-asked']);
  });
});

it('gives every idle or free hour exactly one of the causes, and no other hour any', () => {
  const kinds = fc.constantFrom('training', 'inference', 'notebook', 'batch', 'system');
  const signs = fc.string({ unit: fc.constantFrom('#', '+', '.', '?', ' '), maxLength: 40 });
  fc.assert(
    fc.property(signs, kinds, (line, kind) => {
      const hours = hoursOf(line, { kind });
      const found = findIdleCauses(hours, [], { window: WINDOW, graceHours: 2 });
      for (const [index, { ticks }] of hours.entries()) {
        const { idle } = found[index]!;
        if (ticks.idle > 0n) expect(IDLE_CAUSES).toContain(idle?.cause);
        else expect(idle).toBeNull();
      }
    }),
  );
});
