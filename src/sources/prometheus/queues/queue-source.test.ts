import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { smallCatalog } from '../../../../test/support/small-catalog.ts';
import {
  prometheusIsMissing,
  type RunningPrometheus,
  startPrometheus,
} from '../../../../test/support/start-prometheus.ts';
import type { QueueFact } from '../../../domain/facts/facts.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time/window.ts';
import { createPrometheusSource } from '../live-source.ts';
import type { Labels, Series } from '../series.ts';
import { createPrometheusTextSource } from '../text-source.ts';
import { queueFacts } from './queue-facts.ts';

const NINE = Date.UTC(2026, 9, 14, 9);
const WINDOW = { fromMs: NINE, toMs: NINE + HOUR_MS };
const GPU = { resource: 'nvidia.com/gpu' };
const ranking = (more: Labels = {}): Labels => ({
  cluster_queue: 'ranking',
  replica_role: 'leader',
  ...more,
});

/** Values of a series, a minute each. */
function series(name: string, labels: Labels, ...values: readonly number[]): Series {
  return {
    name,
    labels,
    samples: values.map((value, minute) => [NINE + minute * MINUTE_MS, value] as const),
  };
}

const only = (...all: readonly Series[]): Partial<QueueFact> | undefined =>
  queueFacts(all, WINDOW, MINUTE_MS)[0];

describe('a queue of Kueue', () => {
  it('is what its gauges say on average, summed over flavours and GPU resources', () => {
    const quota = (flavor: string, resource: string) => ranking({ cohort: 'all', flavor, resource });
    expect(
      only(
        series('kueue_pending_workloads', ranking({ status: 'active' }), 0, 2, 2, 0),
        series('kueue_pending_workloads', ranking({ status: 'inadmissible' }), 0, 0, 1, 1),
        series('kueue_cluster_queue_resource_pending', ranking(GPU), 0, 8, 12, 4),
        series('kueue_cluster_queue_nominal_quota', quota('h100', 'nvidia.com/gpu'), 16, 16),
        series('kueue_cluster_queue_nominal_quota', quota('spot', 'nvidia.com/gpu'), 8, 8),
        series('kueue_cluster_queue_nominal_quota', quota('h100', 'cpu'), 512, 512),
        series('kueue_cluster_queue_resource_reservation', quota('h100', 'nvidia.com/gpu'), 16, 12),
        series('kueue_cluster_queue_resource_usage', quota('h100', 'nvidia.com/gpu'), 14, 12),
      ),
    ).toEqual({
      queue: 'kueue:ranking',
      startMs: NINE,
      endMs: NINE + HOUR_MS,
      waitingMs: 3 * MINUTE_MS,
      pendingWorkloads: 1.5,
      pendingGpus: 6,
      nominalGpus: 24,
      reservedGpus: 14,
      usedGpus: 13,
    });
  });

  it('counts once what the leader, its follower and two jobs tell', () => {
    const told = [ranking(), ranking({ replica_role: 'follower', pod: 'b' }), ranking({ job: 'second' })];
    const all = told.map((labels) => series('kueue_pending_workloads', { ...labels, status: 'active' }, 3));
    expect(only(...all)).toMatchObject({ pendingWorkloads: 3 });
  });

  it('does not know what nobody tells', () => {
    expect(
      only(series('kueue_cluster_queue_nominal_quota', ranking(GPU), Number.POSITIVE_INFINITY)),
    ).toMatchObject({
      waitingMs: null,
      pendingWorkloads: null,
      nominalGpus: null,
      usedGpus: null,
    });
  });
});

describe('a project of Run:ai', () => {
  const workload = (id: string) => ({ clusterId: 'c', project: 'vision', workload_id: id });

  it('waits for what its workloads asked for and were not given', () => {
    expect(
      only(
        series('runai_requested_gpus_per_workload', workload('1'), 4, 4),
        series('runai_allocated_gpu_count_per_workload', workload('1'), 4, 4),
        series('runai_requested_gpus_per_workload', workload('2'), 2, 2),
        series('runai_allocated_gpu_count_per_workload', workload('2'), 0, 2),
        series('runai_allocated_gpu_count_per_project', { clusterId: 'c', project: 'vision' }, 4, 6),
      ),
    ).toMatchObject({
      queue: 'runai:vision',
      waitingMs: MINUTE_MS,
      pendingWorkloads: 0.5,
      pendingGpus: 1,
      usedGpus: 5,
    });
  });

  test.each(['runai_queue', 'kai_queue', 'queue'])('has the quota that %s_deserved_gpus tells', (prefix) => {
    const labels = { queue_name: 'vision', pod: 'queue-controller-1' };
    expect(
      only(series(`${prefix}_deserved_gpus`, labels, 8), series(`${prefix}_allocated_gpus`, labels, 7.5)),
    ).toMatchObject({ queue: 'runai:vision', nominalGpus: 8, usedGpus: 7.5, reservedGpus: null });
  });
});

it('is read from a file as it is from a server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tare-queues-'));
  await writeFile(join(folder, 'queues.prom'), scrapes());
  const reading = createPrometheusTextSource({ catalog: smallCatalog }).read(join(folder, 'queues.prom'), {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: {},
    nowMs: NINE + 24 * HOUR_MS,
    signal: new AbortController().signal,
  });
  const found: QueueFact[] = [];
  for await (const batch of reading.batches) found.push(...(batch.queues ?? []));
  await rm(folder, { recursive: true });
  expect(reading.summary).toMatchObject({ rejects: [], warnings: [] });
  expect(found.map(figures)).toEqual(EXPECTED);
});

const missing = prometheusIsMissing();

describe.skipIf(missing !== null)(
  `queues seen by a real Prometheus${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let prometheus: RunningPrometheus;
    beforeAll(async () => {
      prometheus = await startPrometheus(scrapes());
    });
    afterAll(() => prometheus?.stop());

    it('are facts hour by hour, and none where nothing was scraped', async () => {
      const source = createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock: { nowMs: () => NINE + 24 * HOUR_MS },
      });
      const found: QueueFact[] = [];
      for (const { window } of source.chunks({ fromMs: NINE - HOUR_MS, toMs: NINE + 3 * HOUR_MS })) {
        const reading = source.read(window, new AbortController().signal);
        for await (const batch of reading.batches) found.push(...(batch.queues ?? []));
        expect(reading.summary.rejects).toEqual([]);
      }
      expect(found.map(figures)).toEqual(EXPECTED);
    });
  },
);

const figures = ({ queue, startMs, waitingMs, pendingWorkloads, nominalGpus }: QueueFact) => [
  queue,
  (startMs - NINE) / HOUR_MS,
  waitingMs,
  pendingWorkloads,
  nominalGpus,
];
const EXPECTED = [
  ['kueue:ranking', 0, 30 * MINUTE_MS, 1, 16],
  ['kueue:ranking', 1, 0, 0, 16],
];

/** Two hours, once a minute: two workloads wait for the first half of the first one. */
function scrapes(): string {
  const lines = (name: string, labels: string, value: (minute: number) => number) => [
    `# TYPE ${name} gauge`,
    ...Array.from(
      { length: 120 },
      (_, minute) => `${name}{${labels}} ${value(minute)} ${(NINE + minute * MINUTE_MS + 7_000) / 1000}`,
    ),
  ];
  const text = [
    ...lines(
      'kueue_cluster_queue_nominal_quota',
      'cluster_queue="ranking",flavor="h100",resource="nvidia.com/gpu"',
      () => 16,
    ),
    ...lines('kueue_pending_workloads', 'cluster_queue="ranking",status="active"', (minute) =>
      minute < 30 ? 2 : 0,
    ),
  ];
  return `${text.join('\n')}\n# EOF\n`;
}
