import { afterAll, beforeAll, expect, it } from 'vitest';
import { searchNames } from '../../../src/app/search-names.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import type { Store } from '../../../src/ports/store.ts';
import { allocationFact, capacityFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { buildAll, importFleet } from '../../support/weigh-in-store.ts';

const START = Date.UTC(2026, 9, 1);
const END = START + 4 * HOUR_MS;

onEveryEngine('names', (engine) => {
  let store: Store;
  beforeAll(async () => {
    store = await engine.open();
    const workloads = ['chat', 'Chat-eval', 'nightly_chat', "o'brien's chat", '100%'].map((name, index) => ({
      workloadId: `w${index}`,
      kind: 'inference' as const,
      name,
      attributes: {},
    }));
    await importFleet(store, {
      capacity: workloads.map((_, index) =>
        capacityFact(`gpu-${index}`, { node: `chatty-${index % 2}`, startMs: START, endMs: END }),
      ),
      allocations: workloads.map(({ workloadId }, index) =>
        allocationFact(workloadId, `gpu-${index}`, { startMs: START, endMs: END }),
      ),
      usage: [],
      charges: [],
      workloads,
    });
    await buildAll(store, END);
  });
  afterAll(() => store.close());

  const names = async (text: string, limit = 30) =>
    (await searchNames(store, { text, limit })).rows.map(({ kind, name }) => `${kind} ${name}`);

  it('lists what it is before what begins with it, and that before what holds it, in any case', async () => {
    expect(await names('CHAT')).toEqual([
      'workload chat',
      'workload Chat-eval',
      'node chatty-0',
      'node chatty-1',
      'workload nightly_chat',
      "workload o'brien's chat",
    ]);
  });

  it('takes wildcards, quotes and backslashes as they are', async () => {
    expect(await names('%')).toEqual(['workload 100%']);
    expect(await names('_')).toEqual(['workload nightly_chat']);
    expect(await names("o'b")).toEqual(["workload o'brien's chat"]);
    expect(await names('\\')).toEqual([]);
    expect(await names('  ')).toEqual([]);
  });

  it('says when it left something out, and what stands where', async () => {
    const cut = await searchNames(store, { text: 'gpu-', limit: 2 });
    expect([cut.rows.length, cut.isCut]).toEqual([2, true]);
    const whole = await searchNames(store, { text: 'gpu-3', limit: 2 });
    expect(whole.rows).toEqual([{ kind: 'device', id: 'gpu-3', name: 'gpu-3', detail: 'chatty-1' }]);
    expect(whole.isCut).toBe(false);
  });

  it('keeps the last address of each view', async () => {
    const view = { name: "it's \\ 1", address: '/explore?by=team', savedAtMs: START };
    await store.saveView(view);
    await store.saveView({ ...view, name: 'b', address: '/runs' });
    await store.saveView({ ...view, address: '/fleet', savedAtMs: END });
    expect(await store.views()).toEqual([
      { name: 'b', address: '/runs', savedAtMs: START },
      { ...view, address: '/fleet', savedAtMs: END },
    ]);
    await store.removeView('b');
    await store.removeView('never there');
    expect((await store.views()).map(({ name }) => name)).toEqual([view.name]);
  });
});
