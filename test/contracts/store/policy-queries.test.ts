import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../../src/domain/units/gpu-time.ts';
import type { Store } from '../../../src/ports/store.ts';
import { allocationFact, capacityFact, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { once } from '../../support/weigh-in-store.ts';

const START = Date.UTC(2026, 9, 14, 8);
const UNTIL = START + 4 * HOUR_MS;
const WINDOW = { fromMs: START, toMs: UNTIL };

onEveryEngine('who held devices in a window', (engine) => {
  let store: Store;
  beforeAll(async () => {
    store = await engine.open();
    const before = { startMs: START - 2 * HOUR_MS, endMs: START };
    const during = { startMs: START - HOUR_MS, endMs: START + HOUR_MS };
    const later = { startMs: START + HOUR_MS, endMs: null };
    await store.importDataset(
      { name: 'test', kind: 'test', importedAtMs: 0 },
      once({
        capacity: [
          capacityFact('gpu-1', { ...during, node: 'n1', region: null, lifecycle: 'spot' }),
          // The same device in two stretches at one place, and later at another.
          capacityFact('gpu-2', { ...during, node: 'n1' }),
          capacityFact('gpu-2', { startMs: START + HOUR_MS, endMs: START + 2 * HOUR_MS, node: 'n1' }),
          capacityFact('gpu-2', { startMs: START + 2 * HOUR_MS, endMs: null, node: 'n2' }),
          capacityFact('gpu-9', { ...before }),
        ],
        workloads: [
          workloadFact('a', {
            kind: 'notebook',
            name: 'ada',
            attributes: { 'label:team': "o'brien", namespace: 'lab' },
          }),
          workloadFact('b'),
          workloadFact('gone'),
          workloadFact('idler'),
        ],
        allocations: [
          allocationFact('a', 'gpu-1', during),
          allocationFact('b', 'gpu-2', { ...later, shareParts: PARTS_PER_GPU / 2 }),
          allocationFact('gone', 'gpu-9', before),
        ],
      }),
    );
  });
  afterAll(() => store.close());

  it('tells their names and attributes, their holds as they are, and where the devices were', async () => {
    const { workloads, holds, places } = await store.pastHolders(WINDOW);
    expect(workloads).toEqual([
      {
        workloadId: 'a',
        kind: 'notebook',
        name: 'ada',
        attributes: { 'label:team': "o'brien", namespace: 'lab' },
      },
      { workloadId: 'b', kind: 'training', name: 'b', attributes: {} },
    ]);
    expect(holds).toEqual([
      {
        ...{ workloadId: 'a', deviceId: 'gpu-1', shareParts: PARTS_PER_GPU },
        ...{ startMs: START - HOUR_MS, endMs: START + HOUR_MS },
      },
      {
        ...{ workloadId: 'b', deviceId: 'gpu-2', shareParts: PARTS_PER_GPU / 2 },
        ...{ startMs: START + HOUR_MS, endMs: null },
      },
    ]);
    expect(
      places.map(({ deviceId, node, lifecycle, region, startMs, endMs }) => [
        ...[deviceId, node, lifecycle, region],
        ...[(startMs - START) / HOUR_MS, endMs === null ? null : (endMs - START) / HOUR_MS],
      ]),
    ).toEqual([
      ['gpu-1', 'n1', 'spot', null, -1, 1],
      ['gpu-2', 'n1', 'on_demand', 'us-east-1', -1, 2],
      ['gpu-2', 'n2', 'on_demand', 'us-east-1', 2, null],
    ]);
  });

  it('knows of nobody where nobody held', async () => {
    const { workloads, holds } = await store.pastHolders({ fromMs: 0, toMs: HOUR_MS });
    expect([workloads, holds]).toEqual([[], []]);
  });
});
