import { expect, test } from 'vitest';
import type { MlflowRun } from './parse-run.ts';
import { runTimes } from './run-times.ts';

const RUN: MlflowRun = {
  runId: 'r',
  name: 'r',
  experimentId: '1',
  userId: null,
  status: 'RUNNING',
  startMs: 1_000,
  endMs: null,
  isDeleted: false,
  metrics: [],
  parameters: {},
  tags: {},
  dataDigests: [],
};
const metricAt = (atMs: number) => ({ key: 'loss', value: 1, atMs });

test.each([
  ['waits', { status: 'SCHEDULED' }, { state: 'waiting', queuedMs: 1_000, startMs: null, endMs: null }],
  ['ended', { status: 'FINISHED', endMs: 9_000 }, { state: 'succeeded', endMs: 9_000 }],
  [
    'ended before it started, by a clock of another machine',
    { status: 'FAILED', endMs: 900 },
    { endMs: 1_000 },
  ],
  ['was killed', { status: 'KILLED', endMs: 9_000 }, { state: 'cancelled', endMs: 9_000 }],
  ['runs without a metric', {}, { state: 'running', endMs: null, isEndEstimated: false }],
  ['logged not long ago', { metrics: [metricAt(90_001)] }, { state: 'running', endMs: null }],
  [
    'fell silent',
    { metrics: [metricAt(20_000), metricAt(89_999)] },
    { state: 'unknown', endMs: 89_999, isEndEstimated: true },
  ],
  [
    'was taken up again after its end',
    { endMs: 5_000, metrics: [metricAt(100_000)] },
    { state: 'running', endMs: null },
  ],
])('a run that %s', (_, given, expected) => {
  expect(runTimes({ ...RUN, ...given }, 10_000, 100_000)).toMatchObject(expected);
});
