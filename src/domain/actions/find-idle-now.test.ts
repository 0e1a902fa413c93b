import { describe, expect, it, test } from 'vitest';
import { hoursOf, START } from '../levers/hours.fixture.ts';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import { findIdleNow } from './find-idle-now.ts';

const idle = (signs: string, given: Parameters<typeof hoursOf>[1] = {}, endHours = signs.length) =>
  findIdleNow(hoursOf(signs, given), [], START + endHours * HOUR_MS, 2);

describe('what is idle now', () => {
  test.each([
    ['##..', 2],
    ['#...', 3],
    // It works again, or nobody saw whether it does.
    ['...#', null],
    ['..+', null],
    ['...?', null],
    ['..?..', 2],
    // For too short a time, or with a gap.
    ['###.', null],
    ['.. .', null],
  ])('%s: %s hours', (signs, hours) => {
    expect(idle(signs).map(({ quietHours }) => quietHours)).toEqual(hours === null ? [] : [hours]);
  });

  it('is no longer what was given back', () => {
    expect(idle('....', {}, 6)).toEqual([]);
  });

  it('has what it cost, and what is to be done by its kind', () => {
    expect(idle('#...')).toEqual([
      {
        action: 'suspend-notebook',
        workloadId: 'lab/one',
        workload: 'one',
        kind: 'notebook',
        owner: 'research',
        environment: 'development',
        nodes: ['node-1'],
        devices: 1,
        quietHours: 3,
        idlePicos: 3n * PICOS_PER_UNIT,
        because: 'quiet for 3 h',
      },
    ]);
    expect(idle('...', { kind: 'inference' })[0]?.action).toBe('scale-to-zero');
    expect(idle('...', { kind: 'training' })[0]?.action).toBe('release');
    expect(idle('...', { kind: 'system' })).toEqual([]);
  });

  it('is idle on every node, or not at all', () => {
    const hours = [...hoursOf('....', { node: 'a' }), ...hoursOf('##..', { node: 'b' })];
    const [found] = findIdleNow(hours, [], START + 4 * HOUR_MS, 2);
    expect(found).toMatchObject({ nodes: ['a', 'b'], devices: 2, quietHours: 2 });
    const working = [...hoursOf('....', { node: 'a' }), ...hoursOf('..##', { node: 'b' })];
    expect(findIdleNow(working, [], START + 4 * HOUR_MS, 2)).toEqual([]);
  });

  it('has no cost where an hour has no price', () => {
    expect(idle('...', { unpricedTicks: 1n })[0]?.idlePicos).toBeNull();
  });

  it('says when its run has ended', () => {
    const run = {
      runId: 'r',
      name: 'r',
      workloadId: 'lab/one',
      queue: null,
      queuedMs: null,
      startMs: START,
      endMs: START + HOUR_MS,
      gangUntilMs: null,
    };
    const [found] = findIdleNow(hoursOf('#...', { kind: 'training' }), [run], START + 4 * HOUR_MS, 2);
    expect(found).toMatchObject({ action: 'release', because: 'held after its run ended' });
  });
});
