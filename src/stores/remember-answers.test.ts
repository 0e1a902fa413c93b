import { beforeEach, describe, expect, it } from 'vitest';
import { allocationFact, capacityFact, samplesOf, workloadFact } from '../../test/support/facts.ts';
import { buildAll, once, settle } from '../../test/support/weigh-in-store.ts';
import { HOUR_MS } from '../domain/time/window.ts';
import type { Store } from '../ports/store.ts';
import { openStore } from './open-store.ts';
import { rememberAnswers } from './remember-answers.ts';

const START = Date.UTC(2026, 9, 13);
const END = START + 2 * HOUR_MS;
const WINDOW = { fromMs: START, toMs: END };

let store: Store;
let remembering: Store;

beforeEach(async () => {
  store = await openStore('duckdb::memory:');
  remembering = rememberAnswers(store);
  await importDevice('gpu-1');
  return () => store.close();
});

describe('rememberAnswers', () => {
  it('gives the same answer again while nothing was written', async () => {
    const first = await remembering.ledger({ window: WINDOW, by: ['device'] });
    expect(await remembering.ledger({ window: WINDOW, by: ['device'] })).toBe(first);
    expect(first).toHaveLength(1);
  });

  it('tells questions apart', async () => {
    const byDevice = await remembering.ledger({ window: WINDOW, by: ['device'] });
    expect(await remembering.ledger({ window: WINDOW, by: ['day'] })).not.toBe(byDevice);
    expect(await remembering.ledger({ window: { ...WINDOW, toMs: END - HOUR_MS }, by: ['device'] })).not.toBe(
      byDevice,
    );
  });

  it('answers what is in the store after an import and a build', async () => {
    const before = await remembering.ledger({ window: WINDOW, by: ['device'] });
    await importDevice('gpu-2');
    const after = await remembering.ledger({ window: WINDOW, by: ['device'] });
    expect(before).toHaveLength(1);
    expect(after).toEqual(await store.ledger({ window: WINDOW, by: ['device'] }));
    expect(after).toHaveLength(2);
  });

  it('does not keep an answer that was asked for while something was written', async () => {
    const during = importDevice('gpu-2');
    await remembering.ledger({ window: WINDOW, by: ['device'] });
    await during;
    expect(await remembering.ledger({ window: WINDOW, by: ['device'] })).toHaveLength(2);
  });

  it('asks again after a failure', async () => {
    const failing = rememberAnswers({ ...fails(), url: 'duckdb::memory:' } as unknown as Store);
    await expect(failing.extent()).rejects.toThrow('no 1');
    await expect(failing.extent()).rejects.toThrow('no 2');
  });
});

function fails() {
  let times = 0;
  return { extent: () => Promise.reject(new Error(`no ${++times}`)) };
}

async function importDevice(device: string): Promise<void> {
  const held = { startMs: START, endMs: END };
  const facts = {
    capacity: [capacityFact(device, held)],
    workloads: [workloadFact('job', {})],
    allocations: [allocationFact('job', device, held)],
    usage: samplesOf(device, { fromMs: START, toMs: END, intervalMs: HOUR_MS / 4 }),
  };
  await remembering.importDataset({ name: `test:${device}`, kind: 'test', importedAtMs: 0 }, once(facts));
  await settle(remembering, new Map(), {});
  await buildAll(remembering, END);
}
