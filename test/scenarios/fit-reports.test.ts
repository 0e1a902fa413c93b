import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HardwareReport } from '../../src/app/results/hardware.ts';
import type { BillPlan } from '../../src/app/results/plan.ts';
import type { SpotReport } from '../../src/app/results/spot.ts';
import { type HardwareRequest, NO_LIMITS, type SpotReportRequest } from '../../src/app/tare.ts';
import { type Composition, composeDemo } from '../../src/compose.ts';
import { hashToken } from '../../src/config/load-config.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { DAY_MS } from '../../src/domain/time/window.ts';
import { createApi } from '../../src/http/api.ts';
import { connectTare, type RemoteTare } from '../../src/http/client.ts';
import { type Listening, listen } from '../../src/http/server.ts';

const UNTIL = Date.UTC(2026, 10, 24, 15);
const WINDOW = { fromMs: UNTIL - 21 * DAY_MS, toMs: UNTIL };
const SIGNAL = new AbortController().signal;
const SPOT: SpotReportRequest = {
  window: WINDOW,
  seed: 42,
  by: 'run',
  only: null,
  workload: null,
  sort: 'saved',
  limit: null,
  offset: 0,
  deadlines: {},
  spotPrices: {},
};
const HARDWARE: HardwareRequest = {
  window: WINDOW,
  seed: 42,
  sloMs: {},
  workload: null,
  sort: 'saving',
  limit: null,
  offset: 0,
  throughputs: [],
};

let here: Composition;
let listening: Listening;
let remote: RemoteTare;
let plan: BillPlan;
let spot: SpotReport;
let hardware: HardwareReport;
beforeAll(async () => {
  const clock = { nowMs: () => UNTIL };
  here = await composeDemo({ storeUrl: 'duckdb::memory:', clock, seed: 42 }, () => {}, SIGNAL);
  const api = createApi(here.tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: here.searchPrices,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: () => {},
  });
  listening = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: listening.url, token: 'local' });
  plan = await here.tare.planBill({
    window: WINDOW,
    seed: 42,
    sloMs: {},
    survivalPerYear: 0.8,
    evidence: [],
    limits: NO_LIMITS,
  });
  spot = await here.tare.reportSpot(SPOT);
  hardware = await here.tare.reportHardware(HARDWARE);
}, 240_000);
afterAll(async () => {
  await listening?.close();
  await here?.tare.close();
});

const amount = (text: string | null | undefined) => parsePicos(text!)!.picos;
const sum = (texts: readonly (string | null | undefined)[]) =>
  texts.reduce((total, text) => total + amount(text), 0n);

describe('spot', () => {
  it('saves what the lever saves alone, to the digit', () => {
    const levers = plan.rows.filter(({ lever }) => lever === 'spot');
    expect(levers.length).toBeGreaterThan(0);
    for (const { id, aloneSaving } of levers)
      expect([id, spot.pools.find((pool) => pool.id === id)?.aloneSaving]).toEqual([id, aloneSaving]);
    for (const { id, aloneSaving } of plan.leftOut.filter(({ lever }) => lever === 'spot'))
      expect(spot.pools.find((pool) => pool.id === id)?.aloneSaving.expected).toBe(aloneSaving);
  });

  it('adds up: rows to their pool and to the total, on spot and saved to what was held', () => {
    for (const pool of spot.pools) {
      const own = spot.rows.filter(({ lever }) => lever === pool.id);
      expect(own.length).toBeGreaterThan(0);
      expect(sum(own.map(({ aloneSaving }) => aloneSaving!.expected))).toBe(
        amount(pool.aloneSaving.expected),
      );
      expect(sum(own.map(({ saved }) => saved))).toBe(amount(pool.saved));
      expect(sum(own.map(({ heldCost }) => heldCost))).toBe(amount(pool.heldCost));
    }
    for (const { heldCost, spotCost, saved } of spot.rows.filter(({ verdict }) => verdict === 'could'))
      expect(amount(spotCost) + amount(saved)).toBe(amount(heldCost));
    expect(sum(spot.rows.map(({ heldCost }) => heldCost))).toBe(amount(spot.total.heldCost));
    expect(sum(spot.refused.map(({ heldCost }) => heldCost)) + amount(spot.total.couldCost)).toBe(
      amount(spot.total.heldCost),
    );
  });

  it('counts and lists what could not, and never has what answers requests', () => {
    const reasons = spot.refused.map(({ verdict }) => verdict);
    for (const verdict of ['serving', 'interactive', 'paid-anyway', 'no-checkpoint', 'no-price', 'on-spot'])
      expect(reasons).toContain(verdict);
    expect(spot.rows.filter(({ kind, lever }) => kind === 'inference' && lever !== null)).toEqual([]);
  });

  it('by workload is the same money', async () => {
    const byWorkload = await here.tare.reportSpot({ ...SPOT, by: 'workload' });
    expect(byWorkload.rows.length).toBeLessThan(spot.rows.length);
    const { heldCost, spotCost, saved, aloneSaving } = byWorkload.total;
    expect([heldCost, spotCost, saved, aloneSaving.expected]).toEqual([
      spot.total.heldCost,
      spot.total.spotCost,
      spot.total.saved,
      spot.total.aloneSaving.expected,
    ]);
  });

  it('leaves out what would miss a deadline, and says by how much', async () => {
    const tight = await here.tare.reportSpot({ ...SPOT, deadlines: { 'ctr-transformer': 20 } });
    const late = tight.rows.filter(({ verdict }) => verdict === 'deadline');
    expect(late.length).toBeGreaterThan(0);
    for (const { workload, spotHours, slackHours, lever, why } of late) {
      expect([workload, lever]).toEqual(['ctr-transformer', null]);
      expect(slackHours).toBeLessThan(0);
      expect(why).toBe(`would take ${spotHours!.toFixed(1)} h on spot, and has 20.0 h`);
    }
    expect(amount(tight.total.saved)).toBeLessThan(amount(spot.total.saved));
  });

  it('asks with a price of one’s own, where no list has one', async () => {
    const stated = await here.tare.reportSpot({ ...SPOT, spotPrices: { 'V100-SXM2-16GB': '0.90' } });
    const added = stated.pools.filter(({ priceSource }) => priceSource === 'stated');
    expect(added.map(({ gpuModel, spotPerGpuHour }) => [gpuModel, spotPerGpuHour])).toContainEqual([
      'V100-SXM2-16GB',
      '0.90',
    ]);
    const free = await here.tare.reportSpot({ ...SPOT, spotPrices: { 'H100-SXM5-80GB': '900' } });
    expect(free.refused.map(({ verdict }) => verdict)).toContain('not-cheaper');
  });

  it('comes in pages that make the whole', async () => {
    const first = await here.tare.reportSpot({ ...SPOT, limit: 50 });
    const second = await here.tare.reportSpot({ ...SPOT, limit: 50, offset: first.nextOffset! });
    expect([...first.rows, ...second.rows]).toEqual(spot.rows.slice(0, 100));
    expect(first.total).toEqual(spot.total);
  });

  it('knows nothing by another name', async () => {
    await expect(here.tare.reportSpot({ ...SPOT, workload: 'nobody' })).rejects.toMatchObject({
      code: 'TARE-4045',
    });
  });
});

describe('hardware', () => {
  it('saves what the lever saves alone, to the digit', () => {
    const alone = new Map(hardware.rows.map(({ lever, aloneSaving }) => [lever, aloneSaving]));
    const levers = plan.rows.filter(({ lever }) => lever === 'right-size');
    expect(levers.length).toBeGreaterThan(0);
    for (const { id, aloneSaving } of levers) expect([id, alone.get(id)]).toEqual([id, aloneSaving]);
    for (const { target, mightSave } of plan.experiments.filter(({ lever }) => lever === 'right-size')) {
      const trial = hardware.rows.find(
        ({ workload, toMeasure }) => workload === target && toMeasure !== null,
      );
      expect([target, trial?.aloneSaving?.expected]).toEqual([target, mightSave]);
    }
  });

  it('puts the present kind first, marks one as cheapest, and says why others are none', () => {
    for (const { options, gpuModel, proposed, aloneSaving, heldCost } of hardware.rows) {
      expect(options[0]).toMatchObject({ gpuModel, isCurrent: true, cost: heldCost, why: null });
      expect(options.filter(({ isCheapest }) => isCheapest)).toHaveLength(1);
      expect(options.find(({ isProposed }) => isProposed)?.gpuModel ?? null).toBe(proposed);
      for (const { why, cost, isCurrent, saving, isProposed } of options) {
        expect(why === null).toBe(cost !== null);
        if (isProposed) expect(saving).toBe(aloneSaving!.expected);
        if (isCurrent) expect(saving).toBeNull();
      }
    }
    const refusals = new Set(hardware.rows.flatMap(({ options }) => options.map(({ refusal }) => refusal)));
    for (const refusal of ['no-memory', 'arm', 'too-busy']) expect(refusals).toContain(refusal);
  });

  it('divides the cost by what was done', () => {
    const served = hardware.rows.find(({ requests, tokens }) => requests !== null && tokens !== null)!;
    const [present] = served.options;
    const per1k = (amount(served.periodCost) * 1_000n) / BigInt(served.requests!);
    expect(Number(amount(present!.costPer1kRequests) - per1k) / 1e12).toBeCloseTo(0, 5);
    const trained = hardware.rows.find(({ runs }) => runs !== null)!;
    const perRun = amount(trained.periodCost) / BigInt(trained.runs!);
    expect(Number(amount(trained.options[0]!.costPerRun) - perRun) / 1e12).toBeCloseTo(0, 5);
  });

  it('refuses what would break a promised latency, and what a profile says does not run', async () => {
    const target = 'answer-llm-70b-staging';
    const find = ({ rows }: HardwareReport) => rows.find(({ workload }) => workload === target)!;
    const before = find(hardware);
    expect(before.proposed).not.toBeNull();
    const promised = await here.tare.reportHardware({
      ...HARDWARE,
      sloMs: { [target]: Math.ceil(before.p99Ms!) },
    });
    const broken = find(promised).options.find(({ gpuModel }) => gpuModel === before.proposed)!;
    expect(broken).toMatchObject({ refusal: 'too-slow', isLatencyMet: false, cost: null });
    const tried = await here.tare.reportHardware({
      ...HARDWARE,
      throughputs: [{ workload: target, gpuModel: before.proposed!, perSecond: 0 }],
    });
    expect(find(tried).options.find(({ gpuModel }) => gpuModel === before.proposed)).toMatchObject({
      refusal: 'does-not-run',
      why: 'was tried, and does not run',
    });
  });

  it('takes the speed of a profile where both kinds are in it', async () => {
    const { rows } = await here.tare.reportHardware({
      ...HARDWARE,
      workload: 'ctr-transformer',
      throughputs: [
        { workload: 'ctr-transformer', gpuModel: 'H100-SXM5-80GB', perSecond: 200 },
        { workload: 'ctr-transformer', gpuModel: 'A100-SXM4-80GB', perSecond: 150 },
      ],
    });
    const measured = rows[0]!.options.find(({ gpuModel }) => gpuModel === 'A100-SXM4-80GB')!;
    expect(measured.speed).toEqual({
      low: 0.75,
      expected: 0.75,
      high: 0.75,
      source: 'by a profile',
      isMeasured: true,
    });
    expect(rows[0]).toMatchObject({ toMeasure: null, lever: 'right-size/ctr-transformer' });
  });

  it('has the cheapest offer of each kind, with its source and date', () => {
    const keys = hardware.prices.map(({ gpuModel, provider, lifecycle, term }) =>
      [gpuModel, provider, lifecycle, term].join('|'),
    );
    expect(new Set(keys).size).toBe(keys.length);
    for (const { source, checked, perGpuHour } of hardware.prices) {
      expect(source).not.toBe('');
      expect(checked).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(amount(perGpuHour)).toBeGreaterThan(0n);
    }
  });
});

describe('a Tare in another process', () => {
  it('answers the same about spot, with every part of the question', async () => {
    const request: SpotReportRequest = {
      ...SPOT,
      by: 'workload',
      only: 'could',
      workload: 'ctr-transformer',
      sort: 'heldCost',
      limit: 3,
      deadlines: { 'ctr-transformer': 40 },
      spotPrices: { H100: '2.50' },
    };
    expect(await remote.reportSpot(request)).toEqual(await here.tare.reportSpot(request));
    expect(await remote.reportSpot(SPOT)).toEqual(spot);
  });

  it('answers the same about hardware, with every part of the question', async () => {
    const request: HardwareRequest = {
      ...HARDWARE,
      sloMs: { embedder: 40 },
      workload: 'ctr-transformer',
      sort: 'workload',
      limit: 2,
      throughputs: [{ workload: 'ctr-transformer', gpuModel: 'A100', perSecond: 0 }],
    };
    expect(await remote.reportHardware(request)).toEqual(await here.tare.reportHardware(request));
    expect(await remote.reportHardware(HARDWARE)).toEqual(hardware);
  });
});

describe('the API', () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${listening.url}/api/v1/report/${path}`, { headers });
  const FROM_TO = `from=${new Date(WINDOW.fromMs).toISOString()}&to=${new Date(WINDOW.toMs).toISOString()}`;

  it('has the rows as CSV, with every digit', async () => {
    const text = await (await ask(`spot?${FROM_TO}&limit=all`, { accept: 'text/csv' })).text();
    expect(text.split('\n')[0]).toMatch(/^run,workload,team,gpuModel,gpuHours,heldCost,spotCost,saved/);
    expect(text).toContain(spot.rows[0]!.saved);
    const kinds = await (await ask(`hardware?${FROM_TO}&limit=all`, { accept: 'text/csv' })).text();
    const options = hardware.rows.flatMap((row) => row.options);
    expect(kinds.trim().split('\n')).toHaveLength(1 + options.length);
  });

  it.each([
    ['spot?deadline=ranker', '"ranker" is no deadline'],
    ['spot?spotPrice=H100=0', '"H100=0" is no price'],
    ['hardware?throughput=ranker=12', '"ranker=12" is no throughput'],
    ['hardware?slo=x', '"x" promises no latency'],
  ])('refuses %s', async (path, detail) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining(detail) });
  });
});
