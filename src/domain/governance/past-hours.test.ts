import { describe, expect, it, test } from 'vitest';
import { launch, service } from '../../../test/support/launches.ts';
import { expectedHours, type PastRun, stem } from './past-hours.ts';

const run = (name: string, durationHours: number, given: Partial<PastRun> = {}): PastRun => ({
  name,
  experiment: null,
  team: 'search',
  model: 'ranker',
  durationHours,
  hasSucceeded: true,
  ...given,
});
const owner = { team: 'search', model: 'ranker' };

describe('the hours of a launch', () => {
  test.each([
    [
      'the median of its own name',
      [run('train', 1), run('train-7', 3), run('train-x7k2p', 10), run('other', 99)],
      { low: 1, expected: 3, high: 10, basis: 'past_runs', detail: 'median of 3 past runs of the same name' },
    ],
    [
      'one run is one run',
      [run('train', 2)],
      { low: 2, expected: 2, high: 2, basis: 'past_runs', detail: 'one past run of the same name' },
    ],
    [
      'an even number',
      [run('train', 1), run('train', 2)],
      {
        low: 1,
        expected: 1.5,
        high: 2,
        basis: 'past_runs',
        detail: 'median of 2 past runs of the same name',
      },
    ],
    [
      'three of the same team and model',
      [run('a', 1), run('b', 2), run('c', 6)],
      {
        low: 1,
        expected: 2,
        high: 6,
        basis: 'past_runs',
        detail: 'median of 3 past runs of team search and model ranker',
      },
    ],
    ['two are too few', [run('a', 1), run('b', 2)], null],
    ['failed ones do not count', [run('train', 1, { hasSucceeded: false })], null],
    ['another team does not', [1, 2, 3].map((hours) => run('x', hours, { team: 'ads' })), null],
  ])('%s', (_, runs, expected) => {
    expect(expectedHours(launch(), owner, runs)).toEqual(expected);
  });

  it('are those of its CronJob', () => {
    const nightly = launch({ resourceKind: 'CronJob', name: 'nightly', namespace: 'docs' });
    const runs = [run('x', 4, { experiment: 'k8s:docs/CronJob/nightly' })];
    expect(expectedHours(nightly, {}, runs)).toMatchObject({
      expected: 4,
      detail: 'one past run of the same series',
    });
  });

  it('are cut at its limit', () => {
    expect(expectedHours(launch({ limitHours: 5 }), owner, [run('train', 3), run('train', 9)])).toMatchObject(
      { low: 3, expected: 5, high: 5 },
    );
  });

  it('are stated, or at most its limit, where no run tells', () => {
    expect(expectedHours(launch({ expectedHours: 6, limitHours: 8 }), owner, [])).toMatchObject({
      expected: 6,
      high: 8,
      basis: 'stated',
    });
    expect(expectedHours(launch({ limitHours: 8 }), owner, [])).toMatchObject({
      low: 0,
      expected: 8,
      basis: 'limit',
    });
    expect(expectedHours(launch(), owner, [])).toBeNull();
  });

  it('are none of a service', () => {
    expect(expectedHours(service({ name: 'train' }), owner, [run('train', 1)])).toBeNull();
  });
});

test.each([
  ['finetune', 'finetune'],
  ['Finetune-7', 'finetune'],
  ['finetune-20261014', 'finetune'],
  ['finetune-x7k2p', 'finetune'],
  ['finetune-28123456-x7k2p', 'finetune'],
  ['pretrain-7b', 'pretrain-7b'],
  ['bert-large', 'bert-large'],
])('the stem of %s is %s', (name, expected) => {
  expect(stem(name)).toBe(expected);
});
