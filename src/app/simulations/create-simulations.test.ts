import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../results/simulation.ts';
import type { Progress } from '../tare.ts';
import { createSimulations, DEFAULT_SIMULATION_LIMITS, type SimulationLimits } from './create-simulations.ts';
import type { SimulationRequest } from './simulations.ts';

const REQUEST: SimulationRequest = {
  simulator: 'packing',
  parameters: { policy: 'fgd', seeds: '1,2' },
  files: { pods: { fileName: "team's pods.csv", text: 'name\nä\n' } },
  history: null,
};
const RESULT: SimulationResult = { figures: { placed: 7 }, tables: [], csv: 'placed\r\n7\r\n', rejects: [] };

/** A runner whose work is finished by hand. */
function bench(limits: Partial<SimulationLimits> = {}) {
  let nowMs = Date.UTC(2026, 9, 1);
  let ids = 0;
  const going: {
    progress: Progress;
    done: (result: SimulationResult) => void;
    fail: (error: Error) => void;
  }[] = [];
  const simulations = createSimulations({
    forms: [],
    read: ({ parameters }) => {
      if (parameters['policy'] === 'bad') throw new Error('bad policy');
      return ['packing', '--pods', "team's pods.csv"];
    },
    run: (_, progress, signal) =>
      new Promise((done, fail) => {
        going.push({ progress, done, fail });
        signal.addEventListener('abort', () => fail(new Error('killed')));
      }),
    newId: () => String(++ids),
    clock: { nowMs: () => nowMs },
    limits: { ...DEFAULT_SIMULATION_LIMITS, ...limits },
  });
  return {
    simulations,
    going,
    pass: (milliseconds: number) => (nowMs += milliseconds),
    start: () => simulations.start(REQUEST),
  };
}

/** Lets what was settled take effect. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('one simulation', () => {
  it('is found by its id, with what was asked and how to ask it in a terminal', () => {
    const { simulations, start } = bench();
    const { id } = start();
    expect(id).toBe('packing-1');
    expect(simulations.find(id)).toMatchObject({
      state: 'running',
      parameters: REQUEST.parameters,
      files: [{ name: 'pods', fileName: "team's pods.csv", bytes: 8 }],
      command: `tare simulate packing --pods 'team'\\''s pods.csv'`,
      askedAt: '2026-10-01T00:00:00Z',
      endedAt: null,
      result: null,
    });
  });

  it.each([
    [0, 10, { fraction: 0, secondsLeft: null }],
    [1, 4, { fraction: 0.25, secondsLeft: 30 }],
    [4, 4, { fraction: 1, secondsLeft: 0 }],
    [3, null, { fraction: null, secondsLeft: null }],
  ])('after 10 s and %s of %s it says how long is left', (done, total, expected) => {
    const { simulations, going, pass, start } = bench();
    const { id } = start();
    pass(10_000);
    going[0]!.progress({ task: 'placing pods', done, total, unit: 'chunks' });
    expect(simulations.find(id).progress).toEqual({ task: 'placing pods', ...expected });
  });

  it('ends with its result, or with what went wrong', async () => {
    const { simulations, going, pass, start } = bench();
    const [good, bad] = [start(), start()];
    pass(1_000);
    going[0]!.done(RESULT);
    going[1]!.fail(new Error('no memory'));
    await settle();
    expect(simulations.find(good.id)).toMatchObject({
      state: 'done',
      result: RESULT,
      progress: null,
      endedAt: '2026-10-01T00:00:01Z',
    });
    expect(simulations.find(bad.id)).toMatchObject({
      state: 'failed',
      result: null,
      problem: { code: 'TARE-1001', detail: 'no memory' },
    });
  });

  it('is stopped by cancel, forgotten by the next one, and unknown after that', async () => {
    const { simulations, start } = bench();
    const { id } = start();
    simulations.cancel(id);
    await settle();
    expect(simulations.find(id)).toMatchObject({ state: 'cancelled', result: null, problem: null });
    simulations.cancel(id);
    expect(() => simulations.find(id)).toThrow(/no simulation is remembered/);
  });

  it('that is refused leaves nothing behind', () => {
    const { simulations } = bench();
    expect(() => simulations.start({ ...REQUEST, parameters: { policy: 'bad' } })).toThrow('bad policy');
    expect(simulations.list()).toEqual([]);
  });

  it('tells those who watch, until they stop watching', async () => {
    const { simulations, going, start } = bench();
    const { id } = start();
    const seen: string[] = [];
    const stop = simulations.watch(id, () => seen.push(simulations.find(id).state));
    going[0]!.progress({ task: 'a', done: 1, total: 2, unit: 'chunks' });
    going[0]!.done(RESULT);
    await settle();
    stop();
    expect(seen).toEqual(['running', 'done']);
  });

  it('is stopped when it takes too long', async () => {
    const { simulations, start } = bench({ longestMs: 20 });
    const { id } = start();
    await expect.poll(() => simulations.find(id).state).toBe('failed');
    expect(simulations.find(id).problem).toMatchObject({ code: 'TARE-5031' });
  });
});

describe('several simulations', () => {
  it('run two at a time, the others in turn', async () => {
    const { simulations, going, start } = bench();
    const ids = [start(), start(), start(), start()].map(({ id }) => id);
    const states = () => ids.map((id) => simulations.find(id).state);
    expect(states()).toEqual(['running', 'running', 'waiting', 'waiting']);
    simulations.cancel(ids[2]!);
    going[0]!.done(RESULT);
    await settle();
    expect(states()).toEqual(['done', 'running', 'cancelled', 'running']);
    expect(simulations.list().map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('are refused when too many wait', () => {
    const { start } = bench({ atOnce: 1, waiting: 2 });
    for (let started = 0; started < 3; started += 1) start();
    expect(start).toThrow(/2 simulations are waiting already/);
  });

  it.each([
    ['by number', { remembered: 2 }],
    ['by what they weigh', { rememberedBytes: 2 * JSON.stringify(RESULT).length }],
  ])('are forgotten oldest first, %s, and never while they go on', async (_, limits) => {
    const { simulations, going, start } = bench({ atOnce: 5, ...limits });
    const ids = [start(), start(), start(), start()].map(({ id }) => id);
    for (const one of going.slice(1)) one.done(RESULT);
    await settle();
    expect(simulations.list().map(({ id }) => id)).toEqual([ids[3], ids[2], ids[0]]);
  });

  it('all end when the server does', async () => {
    const { simulations, start } = bench({ atOnce: 1 });
    const ids = [start(), start()].map(({ id }) => id);
    await simulations.close();
    expect(ids.map((id) => simulations.find(id).state)).toEqual(['cancelled', 'cancelled']);
  });
});
