import { expect, it } from 'vitest';
import { MINUTE_MS } from '../../domain/time/window.ts';
import { HistoryCache } from './history-cache.ts';
import type { MetricPoint, MlflowRun } from './parse-run.ts';

const never = new AbortController().signal;

it('asks again only for what changed: at once when a run has ended, every five minutes while it runs', async () => {
  const { cache, asked } = countingCache(1);
  const runAt = (lastMs: number, endMs: number | null) => run('r', lastMs, endMs);
  await cache.read(runAt(0, null), 'm', never);
  await cache.read(runAt(4 * MINUTE_MS, null), 'm', never);
  expect(asked).toHaveLength(1);
  await cache.read(runAt(6 * MINUTE_MS, null), 'm', never);
  expect(asked).toHaveLength(2);
  await cache.read(runAt(7 * MINUTE_MS, 8 * MINUTE_MS), 'm', never);
  await cache.read(runAt(7 * MINUTE_MS, 8 * MINUTE_MS), 'm', never);
  expect(asked).toHaveLength(3);
});

it('forgets what was asked for longest ago when it holds too much', async () => {
  const { cache, asked } = countingCache(200_000);
  for (const id of ['a', 'b', 'c', 'b', 'c']) await cache.read(run(id, 1, 2), 'm', never);
  expect(asked).toEqual(['a', 'b', 'c']);
  await cache.read(run('a', 1, 2), 'm', never);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});

function countingCache(points: number) {
  const asked: string[] = [];
  const history = async (runId: string): Promise<readonly MetricPoint[]> => {
    asked.push(runId);
    return Array.from({ length: points }, (_, atMs) => ({ key: 'm', value: 0, atMs }));
  };
  return { cache: new HistoryCache({ history }), asked };
}

function run(runId: string, lastMs: number, endMs: number | null): MlflowRun {
  return {
    runId,
    name: runId,
    experimentId: '1',
    userId: null,
    status: endMs === null ? 'RUNNING' : 'FINISHED',
    startMs: 0,
    endMs,
    isDeleted: false,
    metrics: [{ key: 'm', value: 0, atMs: lastMs }],
    parameters: {},
    tags: {},
    dataDigests: [],
  };
}
