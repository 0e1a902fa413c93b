import { describe, expect, it } from 'vitest';
import { nextDimension } from './dimensions.ts';
import { drillInto, fixedRow, readExploreState, writeExploreState } from './explore-state.ts';
import { viewChange } from './explore-view.ts';

describe('the address', () => {
  it.each([
    '',
    '?by=workload&filter=team%3Dsearch',
    '?from=2026-10&by=team,tag:cost-centre&compare=before&columns=buckets&sort=%2Bname&look=table',
    '?filter=team%3Da&filter=team%3Db%3Dc&measure=gpu-hours',
  ])('%s is read and written back', (search) => {
    expect(writeExploreState(readExploreState(search))).toBe(search);
  });

  it('drops what means nothing', () => {
    expect(writeExploreState(readExploreState('?by=colour&filter=colour%3Dred&sort=-luck'))).toBe('');
  });
});

describe('the way down', () => {
  it('ends at one hour of one device', () => {
    let state = readExploreState('');
    const steps: string[] = [];
    while (fixedRow(state) === null) {
      const [dimension] = state.by;
      steps.push(dimension!);
      state = { ...state, ...drillInto(state, [{ dimension: dimension!, value: 'x' }]) };
    }
    expect(steps).toEqual(['team', 'workload', 'device', 'day', 'hour']);
    expect(fixedRow(state)).toEqual({ hour: 'x', device: 'x', workload: 'x' });
  });

  it('never offers what is fixed already', () => {
    expect(nextDimension('team', (one) => one === 'workload')).toBe('device');
    expect(nextDimension('hour', () => true)).toBeNull();
  });

  it('fixes a value anew rather than twice', () => {
    const state = readExploreState('?by=team&filter=team%3Da');
    expect(drillInto(state, [{ dimension: 'team', value: 'b' }]).selected).toEqual([
      { dimension: 'team', value: 'b' },
    ]);
  });
});

describe('a change', () => {
  it.each([
    { name: 'up', totalCost: '100', change: '12.345', expected: { cents: 1234n, share: 0.12345 } },
    { name: 'down', totalCost: '8', change: '-2', expected: { cents: -200n, share: -0.25 } },
    { name: 'new', totalCost: '0.00', change: '5', expected: { cents: 500n, share: null } },
  ])('$name', ({ totalCost, change, expected }) => {
    expect(viewChange({ totalCost, change, grossGpuHours: 1, tareFraction: null })).toEqual(expected);
  });
});
