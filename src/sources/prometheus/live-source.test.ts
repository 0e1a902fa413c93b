import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildPrometheusFleet,
  FLEET_OBSERVED_HOURS,
  FLEET_OUTAGE,
  FLEET_WINDOW,
  SPOT_BACK_MS,
  SPOT_GONE_MS,
  TRAINER_RESTART_MS,
  TRAINER_START_MS,
} from '../../../test/support/prometheus-fleet.ts';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import {
  prometheusIsMissing,
  type RunningPrometheus,
  startPrometheus,
} from '../../../test/support/start-prometheus.ts';
import type { CapacityFact, FactBatch } from '../../domain/facts/facts.ts';
import { HOUR_MS, MINUTE_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { FactReading } from '../../ports/source.ts';
import { createPrometheusSource } from './live-source.ts';
import { createPrometheusTextSource } from './text-source.ts';

type Facts = Required<Pick<FactBatch, 'capacity' | 'workloads' | 'allocations' | 'usage' | 'runs'>>;

const missing = prometheusIsMissing();
const NOW_MS = FLEET_WINDOW.toMs + 24 * HOUR_MS;

describe.skipIf(missing !== null)(
  `a real Prometheus${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let prometheus: RunningPrometheus;
    let folder: string;
    let fromText: Facts;
    let fromServer: Facts;

    beforeAll(async () => {
      const { openMetrics } = buildPrometheusFleet();
      prometheus = await startPrometheus(openMetrics);
      folder = await mkdtemp(join(tmpdir(), 'tare-text-'));
      const path = join(folder, 'fleet.om');
      await writeFile(path, openMetrics);
      fromText = await collect(
        createPrometheusTextSource({ catalog: smallCatalog }).read(path, fileOptions()),
      );
      fromServer = await collectChunks(liveSource());
    });

    afterAll(async () => {
      await prometheus?.stop();
      if (folder) await rm(folder, { recursive: true });
    });

    const liveSource = () =>
      createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock: { nowMs: () => NOW_MS },
      });

    it('yields the same facts as the text file that it was filled from', () => {
      expect(fromServer.usage.length).toBeGreaterThan(2000);
      // What the last samples stand for reaches a minute beyond the window; only the file was read that far.
      const isInside = ({ startMs }: { startMs: number }) => startMs < FLEET_WINDOW.toMs;
      expect(fromServer).toEqual({
        ...fromText,
        allocations: fromText.allocations.filter(isInside),
        capacity: fromText.capacity.filter(isInside),
      });
    });

    it('yields the same facts when it is asked again', async () => {
      expect(await collectChunks(liveSource())).toEqual(fromServer);
    });

    it('yields the same intervals for the whole window as for its hours', async () => {
      const whole = await collect(liveSource().read(FLEET_WINDOW, new AbortController().signal));
      expect(united(whole)).toEqual(united(fromServer));
      expect(whole.usage).toEqual(fromServer.usage);
    });

    it('stops in the middle of a chunk, and yields the same when it is asked again', async () => {
      const abort = new AbortController();
      const reading = liveSource().read(FLEET_WINDOW, abort.signal);
      const stopped = (async () => {
        for await (const _ of reading.batches) setTimeout(() => abort.abort(new Error('stop now')), 5);
      })();
      await expect(stopped).rejects.toThrow(/stop now|aborted/);
      expect(await collectChunks(liveSource())).toEqual(fromServer);
    });

    it('bridges neither the outage nor the minute at its edges', () => {
      const touching = fromServer.capacity.filter(
        ({ startMs, endMs }) => startMs < FLEET_OUTAGE.toMs && endMs! > FLEET_OUTAGE.fromMs,
      );
      expect(touching).toEqual([]);
      const atEdge = fromServer.capacity.filter(({ endMs }) => endMs === FLEET_OUTAGE.fromMs);
      expect(atEdge.length).toBeGreaterThan(5);
      const lives = new Set(livesOf(fromServer.capacity, 'GPU-a100-0'));
      expect([...lives]).toEqual(['train-1@2026-10-01T00:00:00Z']);
    });

    it('pays every GPU for the hours that were observed, whole or in slices', () => {
      const hours = (cardId: string) =>
        united(fromServer)
          .capacity.filter(({ deviceId }) => deviceId === cardId || deviceId.startsWith(`${cardId}:`))
          .reduce((sum, { gpuParts, fromMs, toMs }) => sum + (gpuParts * (toMs - fromMs)) / HOUR_MS, 0) /
        PARTS_PER_GPU;
      for (const card of [
        'GPU-a100-0',
        'GPU-a100-1',
        'GPU-h100-0',
        'GPU-l4-shared',
        'dark-1:gpu0',
        'dark-1:gpu1',
      ])
        expect([card, hours(card)]).toEqual([card, FLEET_OBSERVED_HOURS]);
      expect(hours('GPU-l4-old')).toBe((SPOT_GONE_MS - FLEET_WINDOW.fromMs) / HOUR_MS);
      expect(hours('GPU-l4-new')).toBeCloseTo((FLEET_WINDOW.toMs - SPOT_BACK_MS) / HOUR_MS - 2, 9);
    });

    it('cuts the MIG card into its slices and what is left of it', () => {
      const sizes = new Map(
        fromServer.capacity
          .filter(({ deviceId }) => deviceId.startsWith('GPU-h100-0'))
          .map(({ deviceId, gpuParts }) => [deviceId, (gpuParts * 7) / PARTS_PER_GPU]),
      );
      expect(Object.fromEntries(sizes)).toEqual({
        'GPU-h100-0:gi1': 3,
        'GPU-h100-0:gi9': 1,
        'GPU-h100-0:gi10': 1,
        'GPU-h100-0:rest': 2,
      });
      expect(holders('GPU-h100-0:gi10')).toEqual([]);
      expect(holders('GPU-h100-0:rest')).toEqual([]);
    });

    it('lets three pods share a device without counting it three times', () => {
      expect(holders('GPU-l4-shared')).toEqual(['search/embed-a', 'search/embed-b', 'search/embed-c']);
      const samples = fromServer.usage.filter(({ deviceId }) => deviceId === 'GPU-l4-shared');
      expect(samples).toHaveLength(FLEET_OBSERVED_HOURS * 60);
      expect(samples[0]!.activity).toMatchObject({ basis: 'gpu_util', busyPpm: 300_000 });
    });

    it('hands a device over from an attempt that failed, which is lost, to the next', () => {
      const held = united(fromServer).allocations.filter(({ deviceId }) => deviceId === 'GPU-a100-0');
      expect(held[0]).toMatchObject({
        workloadId: 'k8s:research/JobSet/llm-trainer',
        fromMs: FLEET_WINDOW.fromMs,
        toMs: TRAINER_RESTART_MS,
      });
      expect(held[1]).toMatchObject({
        workloadId: 'k8s:research/JobSet/llm-trainer:2',
        fromMs: TRAINER_RESTART_MS,
      });
      // Also in the hour before the one in which it failed.
      const lost = fromServer.allocations.filter(({ lostFromMs }) => lostFromMs !== null);
      expect(lost.map(({ startMs, endMs, lostFromMs }) => [startMs, endMs, lostFromMs])).toEqual([
        [FLEET_WINDOW.fromMs, FLEET_WINDOW.fromMs + HOUR_MS, FLEET_WINDOW.fromMs],
        [FLEET_WINDOW.fromMs + HOUR_MS, TRAINER_RESTART_MS, FLEET_WINDOW.fromMs + HOUR_MS],
      ]);
    });

    it('says of each attempt of a run how it ended, and how long it waited', () => {
      const trainer = fromServer.runs.filter(({ runId }) => runId === 'k8s:research/JobSet/llm-trainer');
      expect(trainer).toMatchObject([
        {
          attempt: 1,
          state: 'failed',
          queue: 'research',
          queuedMs: TRAINER_START_MS - 20 * MINUTE_MS,
          startMs: TRAINER_START_MS,
          endMs: TRAINER_RESTART_MS,
          workloadId: 'k8s:research/JobSet/llm-trainer',
        },
        { attempt: 2, state: 'running', startMs: TRAINER_RESTART_MS, endMs: null },
      ]);
    });

    it('asks for the hours of what has failed since', async () => {
      const source = createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock: { nowMs: () => TRAINER_RESTART_MS + 5 * MINUTE_MS },
      });
      const signal = new AbortController().signal;
      expect(await source.changedSince!(TRAINER_RESTART_MS - MINUTE_MS, signal)).toBe(TRAINER_START_MS);
      const after = TRAINER_RESTART_MS + 2 * MINUTE_MS;
      expect(await source.changedSince!(after, signal)).toBe(after);
    });

    it('lets nobody hold a free device, and pending and completed pods hold nothing', () => {
      expect(holders('GPU-a100-1')).toEqual([]);
      const workloads = fromServer.allocations.map(({ workloadId }) => workloadId);
      expect(workloads).not.toContain('research/llm-trainer-1-h2v5c');
      expect(workloads).not.toContain('research/evaluate-k8d4t');
      expect(holders('dark-1:gpu0')).toEqual(['research/sweep-7']);
      expect(holders('dark-1:gpu1')).toEqual([]);
    });

    it('gives a replaced node two lives', () => {
      expect(new Set(livesOf(fromServer.capacity, 'GPU-l4-old'))).toEqual(
        new Set(['spot-1@2026-10-01T00:00:00Z']),
      );
      expect(new Set(livesOf(fromServer.capacity, 'GPU-l4-new'))).toEqual(
        new Set(['spot-1@2026-10-14T00:48:00Z']),
      );
      const keys = fromServer.capacity
        .filter(({ node }) => node === 'spot-1')
        .map(({ resourceKey }) => resourceKey);
      expect(new Set(keys)).toEqual(new Set(['i-0aaa0000000000004', 'i-0aaa0000000000005']));
    });

    it('says how each node is paid, and what each workload is', () => {
      const lifecycles = fromServer.capacity.map(({ node, lifecycle, provider }) => [
        node,
        `${lifecycle} ${provider}`,
      ]);
      expect(Object.fromEntries(lifecycles)).toEqual({
        'dark-1': 'owned null',
        'mig-1': 'committed AWS',
        'share-1': 'spot AWS',
        'spot-1': 'spot AWS',
        'train-1': 'on_demand AWS',
      });
      const kinds = fromServer.workloads.map(({ workloadId, kind, name }) => [workloadId, `${kind} ${name}`]);
      expect(Object.fromEntries(kinds)).toEqual({
        'k8s:data/Job/crawler-batch-29340000': 'batch crawler-batch',
        'k8s:research/Job/llm-trainer': 'training llm-trainer',
        'k8s:research/JobSet/llm-trainer': 'training llm-trainer',
        'k8s:research/JobSet/llm-trainer:2': 'training llm-trainer',
        'research/jupyter-ada-0': 'notebook jupyter-ada',
        'research/sweep-7': 'batch sweep-7',
        'search/embed-a': 'inference embed',
        'search/embed-b': 'inference embed',
        'search/embed-c': 'inference embed',
        'search/ranker-6c9f7d8b4-2xk9w': 'inference ranker',
      });
      const trainer = fromServer.workloads.find(({ name }) => name === 'llm-trainer')!;
      expect(trainer.attributes).toMatchObject({
        'label:team': 'research',
        namespace: 'research',
        controller: 'llm-trainer',
      });
    });

    it('cuts the hour that is going on at the last whole step', () => {
      const nowMs = FLEET_WINDOW.fromMs + HOUR_MS + 90_500;
      const source = createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock: { nowMs: () => nowMs },
      });
      expect(
        source.chunks({ fromMs: FLEET_WINDOW.fromMs + 20 * MINUTE_MS, toMs: FLEET_WINDOW.toMs }),
      ).toEqual([
        {
          name: '2026-10-13T22',
          window: { fromMs: FLEET_WINDOW.fromMs, toMs: FLEET_WINDOW.fromMs + HOUR_MS },
        },
        {
          name: '2026-10-13T23',
          window: { fromMs: FLEET_WINDOW.fromMs + HOUR_MS, toMs: FLEET_WINDOW.fromMs + HOUR_MS + MINUTE_MS },
        },
      ]);
    });

    it('finds what is there and what is not', async () => {
      const clock = { nowMs: () => FLEET_WINDOW.toMs };
      const source = createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock,
      });
      const findings = await source.probe(new AbortController().signal);
      expect(findings.map(({ status, message }) => [status, message.replace(prometheus.url, 'URL')])).toEqual(
        [
          ['fine', expect.stringMatching(/^URL answers \(version 2|3/)],
          ['fine', 'GPU series with SM active: underuse is measured'],
          ['fine', 'pods are named by exported_pod; pod is the exporter itself'],
          ['fine', 'kube-state-metrics lists the nodes'],
        ],
      );
      const elsewhere = createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock,
        extraMatchers: 'cluster="other"',
      });
      const gaps = await elsewhere.probe(new AbortController().signal);
      expect(gaps.map(({ status }) => status)).toEqual(['fine', 'failing', 'look', 'look']);
      expect(gaps.slice(1).every(({ remedy }) => remedy !== null)).toBe(true);
    });

    function holders(device: string): string[] {
      const ids = fromServer.allocations
        .filter(({ deviceId }) => deviceId === device)
        .map(({ workloadId }) => workloadId);
      return [...new Set(ids)].sort();
    }
  },
);

async function collectChunks(source: ReturnType<typeof createPrometheusSource>): Promise<Facts> {
  const facts: Facts = empty();
  for (const { window } of source.chunks(FLEET_WINDOW)) {
    add(facts, await collect(source.read(window, new AbortController().signal)));
  }
  return normalised(facts);
}

async function collect({ batches }: FactReading): Promise<Facts> {
  const facts = empty();
  for await (const batch of batches) add(facts, { ...empty(), ...batch } as Facts);
  return normalised(facts);
}

function empty(): Facts {
  return { capacity: [], workloads: [], allocations: [], usage: [], runs: [] };
}

function add(facts: Facts, more: Facts): void {
  for (const kind of ['capacity', 'workloads', 'allocations', 'usage', 'runs'] as const) {
    (facts[kind] as unknown[]).push(...more[kind]);
  }
}

/** A workload, like an attempt, is described anew in every chunk; the last description stands. */
function normalised(facts: Facts): Facts {
  const workloads = new Map(facts.workloads.map((fact) => [fact.workloadId, fact]));
  const runs = new Map(facts.runs.map((fact) => [`${fact.runId} ${fact.attempt}`, fact]));
  return {
    ...facts,
    runs: [...runs.values()].sort((a, b) => (a.workloadId! < b.workloadId! ? -1 : 1)),
    workloads: [...workloads.values()].sort((a, b) => (a.workloadId < b.workloadId ? -1 : 1)),
  };
}

type Span = TimeWindow & { gpuParts: number; deviceId: string; workloadId: string };

function united(facts: Facts): { capacity: Span[]; allocations: Span[] } {
  return {
    capacity: spans(
      facts.capacity.map(({ deviceId, gpuParts, startMs, endMs }) => ({
        deviceId,
        gpuParts,
        workloadId: '',
        fromMs: startMs,
        toMs: endMs!,
      })),
    ),
    allocations: spans(
      facts.allocations.map(({ deviceId, workloadId, startMs, endMs }) => ({
        deviceId,
        gpuParts: 0,
        workloadId,
        fromMs: startMs,
        toMs: endMs!,
      })),
    ),
  };
}

function spans(pieces: Span[]): Span[] {
  const key = ({ deviceId, workloadId, gpuParts }: Span) => `${deviceId} ${workloadId} ${gpuParts}`;
  const sorted = [...pieces].sort((a, b) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.fromMs - b.fromMs,
  );
  const joined: Span[] = [];
  for (const piece of sorted) {
    const last = joined.at(-1);
    if (last && key(last) === key(piece) && piece.fromMs <= last.toMs)
      joined[joined.length - 1] = { ...last, toMs: Math.max(last.toMs, piece.toMs) };
    else joined.push(piece);
  }
  return joined.sort((a, b) =>
    a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.fromMs - b.fromMs,
  );
}

function livesOf(capacity: readonly CapacityFact[], device: string): (string | null)[] {
  return capacity.filter(({ deviceId }) => deviceId === device).map(({ nodeLife }) => nodeLife);
}

function fileOptions() {
  return {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: {},
    nowMs: NOW_MS,
    signal: new AbortController().signal,
  };
}
