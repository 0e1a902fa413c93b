import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  allocationFact,
  capacityFact,
  chargeFact,
  runFact,
  samplesOf,
  workloadFact,
} from '../../test/support/facts.ts';
import { flatPrices } from '../../test/support/flat-prices.ts';
import { SMALL_SETTINGS } from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import { hashToken } from '../config/load-config.ts';
import { PICOS_PER_UNIT, parsePicos } from '../domain/money/picos.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../domain/time/window.ts';
import { createApi } from '../http/api.ts';
import { connectTare } from '../http/client.ts';
import { type Listening, listen } from '../http/server.ts';
import { receiptText } from '../reports/receipt-text.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import { readCadenceRequest, readRunsRequest } from './read-run-requests.ts';
import type { RunRow, RunsReport } from './results/runs.ts';
import type { Tare } from './tare.ts';

const NINE = Date.UTC(2026, 9, 14, 9);
const at = (hour: number, minute = 0) => NINE + (hour - 9) * HOUR_MS + minute * MINUTE_MS;
const NOW = at(15);
const DAY = { fromMs: at(0), toMs: at(24) };

const run = (
  name: string,
  from: number | null,
  to: number | null,
  given: Parameters<typeof runFact>[1] = {},
) =>
  runFact(`slurm:prod:${name}`, {
    name,
    queuedMs: from === null ? at(9) : from - 30 * MINUTE_MS,
    queue: 'gpu',
    startMs: from,
    endMs: to,
    workloadId: `job-${name}`,
    attributes: { 'label:team': 'search', 'label:model': 'ranker' },
    ...given,
  });

/** Four GPUs at $2 an hour, half busy wherever they are sampled. */
const FACTS = {
  capacity: ['a', 'b', 'c', 'd'].map((gpu) => capacityFact(`gpu-${gpu}`, { startMs: at(9), endMs: at(15) })),
  workloads: ['whole', 'lost', 'saved', 'both', 'open'].map((name) => workloadFact(`job-${name}`)),
  allocations: [
    allocationFact('job-whole', 'gpu-a', { startMs: at(9), endMs: at(11) }),
    allocationFact('job-lost', 'gpu-b', { startMs: at(9), endMs: at(11), lostFromMs: at(9) }),
    allocationFact('job-saved', 'gpu-b', { startMs: at(11), endMs: at(13), lostFromMs: at(11) }),
    allocationFact('job-both', 'gpu-c', { startMs: at(9), endMs: at(13) }),
    allocationFact('job-open', 'gpu-d', { startMs: at(14), endMs: null }),
  ],
  usage: ['a', 'b', 'c', 'd'].flatMap((gpu) => samplesOf(`gpu-${gpu}`, { fromMs: at(9), toMs: at(15) })),
  charges: [
    chargeFact({
      startMs: at(9),
      endMs: at(10),
      costPicos: 5n * PICOS_PER_UNIT,
      attributes: { 'tag:Run': 'slurm:prod:whole' },
    }),
  ],
  checkpoints: [{ workloadId: 'job-saved', atMs: at(12) }],
  runs: [
    run('whole', at(9), at(11), { metrics: { accuracy: 0.8 }, fingerprint: 'f1', experiment: 'sweep' }),
    run('lost', at(9), at(11), { state: 'failed', stateDetail: 'NODE_FAIL', metrics: { accuracy: 0.5 } }),
    run('saved', at(11), at(13), { state: 'preempted', experiment: 'sweep' }),
    // Two runs inside one job: an hour alone, an hour together, an hour alone, and an hour that is nobody's.
    run('first', at(9), at(11), { workloadId: 'job-both', metrics: { accuracy: 0.7 }, fingerprint: 'f1' }),
    run('second', at(10), at(12), { workloadId: 'job-both', attributes: { 'label:team': 'ads' } }),
    run('open', at(14), null, { state: 'running' }),
    run('elsewhere', at(9), at(10), { workloadId: null }),
    run('waiting', null, null, { state: 'waiting', workloadId: null }),
  ],
};

let tare: Tare;
let server: Listening;
let remote: Tare;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  await store.importDataset({ name: 'test:all', kind: 'test', importedAtMs: NOW }, once(FACTS));
  const clock = { nowMs: () => NOW };
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [flatPrices({ priceDate: '2026-10-01' })],
    settings: {
      ...SMALL_SETTINGS,
      owners: { team: ['label:team'], model: ['label:model'], environment: ['label:env'] },
    },
    clock,
    listFiles: async () => [],
  });
  const api = createApi(tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: () => ({ at: '', rows: [] }),
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => console.error('BUG', error),
  });
  server = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: server.url, token: 'local' });
});
afterAll(async () => {
  await server.close();
  await tare.close();
});

const ask = (words: Partial<Parameters<typeof readRunsRequest>[0]> = {}) =>
  readRunsRequest({ filter: [], limit: null, offset: 0, ...words }, DAY);

async function rowsOf(words: Parameters<typeof ask>[0] = {}): Promise<Record<string, RunRow>> {
  const { rows } = await tare.reportRuns(ask(words));
  return Object.fromEntries((rows as RunRow[]).map((row) => [row.name, row]));
}

describe('runs', () => {
  it('cost what they held, and their own charges', async () => {
    const rows = await rowsOf();
    const figures = Object.values(rows).map(
      ({ name, gpuHours, cost, idleCost, productiveCost, lostCost, direct }) => [
        name,
        gpuHours,
        cost,
        idleCost,
        productiveCost,
        lostCost,
        direct,
      ],
    );
    expect(figures).toEqual([
      ['whole', 2, '9.00', '2.00', '2.00', '0.00', '5.00'],
      ['lost', 2, '4.00', '2.00', '0.00', '2.00', '0.00'],
      ['saved', 2, '4.00', '2.00', '1.00', '1.00', '0.00'],
      ['first', 1.5, '3.00', '1.50', '1.50', '0.00', '0.00'],
      ['second', 1.5, '3.00', '1.50', '1.50', '0.00', '0.00'],
      ['open', 1, '2.00', '1.00', '1.00', '0.00', '0.00'],
      ['waiting', 0, '0.00', '0.00', '0.00', '0.00', '0.00'],
      ['elsewhere', null, null, null, null, null, '0.00'],
    ]);
  });

  it('say what a reader has to know', async () => {
    const rows = await rowsOf();
    expect(rows['lost']!.notes).toEqual(['lost whole: no checkpoint known']);
    expect(rows['saved']!.notes).toEqual([]);
    expect(rows['elsewhere']!.notes).toEqual(['no device is known: the cost is unknown, not zero']);
    expect(rows['first']).toMatchObject({
      duplicateOf: null,
      waitHours: 0.5,
      isEstimated: true,
      priceSource: 'contract',
    });
    expect(rows['waiting']).toMatchObject({ waitHours: 6, startedAt: null, state: 'waiting' });
    expect(rows['open']).toMatchObject({ durationHours: 1, endedAt: null });
  });

  it('name what they repeat: the later of two with the same fingerprint', async () => {
    const rows = await rowsOf();
    // Both began at the same moment; the id decides.
    expect([rows['first']!.duplicateOf, rows['whole']!.duplicateOf]).toEqual([null, 'slurm:prod:first']);
  });

  it('are summed, with what failed and what is unknown', async () => {
    const { total, sentence, warnings } = await tare.reportRuns(ask());
    expect(total).toMatchObject({
      runs: 8,
      attempts: 8,
      lostAttempts: 2,
      gpuHours: 10,
      cost: '25.00',
      lostCost: '3.00',
      unknownRuns: 1,
      waitHours: 3.5,
      failed: { runs: 2, gpuHours: 4, cost: '8.00' },
      duplicates: { runs: 1, cost: '9.00' },
    });
    expect(sentence).toBe(
      '2026-10-14: 8 runs cost $25.00 as a whole for 10.00 GPU-hours. 2 of them ended failed, cancelled, preempted or timed out, and cost $8.00 (32 %).',
    );
    expect(warnings.map(({ code }) => code)).toEqual(['runs-of-unknown-cost', 'runs-repeated']);
  });

  test.each([
    [{ by: 'team' }, 'team', { ads: '3.00', search: '22.00' }],
    [
      { by: 'state' },
      'state',
      { failed: '4.00', preempted: '4.00', running: '2.00', succeeded: '15.00', waiting: '0.00' },
    ],
    [{ by: 'day' }, 'day', { '2026-10-14': '25.00', none: '0.00' }],
    [
      { by: 'experiment', filter: ['state=succeeded', 'state=preempted'] },
      'experiment',
      { none: '6.00', sweep: '13.00' },
    ],
  ])('grouped by %o', async (words, dimension, expected) => {
    const { rows } = await tare.reportRuns(ask(words));
    const found = (rows as unknown as Record<string, string>[]).map((row) => [row[dimension], row['cost']]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test.each([
    [{ sort: '-waitHours' }, 'elsewhere'],
    [{ sort: '+startedAt' }, 'elsewhere'],
    [{ sort: 'startedAt' }, 'open'],
    [{ sort: 'name' }, 'elsewhere'],
    [{ sort: 'lostCost' }, 'lost'],
    [{ sort: 'quality', metric: 'accuracy' }, 'whole'],
    [{ sort: 'costPerPoint', metric: 'accuracy' }, 'first'],
  ])('sorted by %o', async (words, first) => {
    const { rows } = await tare.reportRuns(ask(words));
    expect((rows[0] as RunRow).name).toBe(first);
  });

  test.each([
    ['WHOLE', ['whole']],
    ['prod:', null],
    ['%', []],
    ["o'", []],
  ])('with "%s" in their name, id or experiment', async (text, expected) => {
    const { rows, total } = await tare.reportRuns(ask({ text, sort: 'name' }));
    const names = (rows as RunRow[]).map(({ name }) => name);
    expect(names.length).toBe(total.runs);
    if (expected === null) expect(names).toHaveLength(8);
    else expect(names).toEqual(expected);
  });

  it('come in pages that together are the whole', async () => {
    const pages: RunsReport[] = [];
    for (let offset: number | null = 0; offset !== null; offset = pages.at(-1)!.nextOffset) {
      pages.push(await tare.reportRuns(ask({ limit: 3, offset })));
    }
    const whole = await tare.reportRuns(ask());
    expect(pages.map(({ rows }) => rows.length)).toEqual([3, 3, 2]);
    expect(pages.flatMap(({ rows }) => rows)).toEqual(whole.rows);
    for (const page of pages) expect(page.total).toEqual(whole.total);
  });

  it('are those of the window, each as a whole', async () => {
    const noon = { fromMs: at(12), toMs: at(13) };
    const { rows } = await tare.reportRuns({ ...ask({ sort: 'name' }), window: noon });
    expect((rows as RunRow[]).map(({ name, cost }) => [name, cost])).toEqual([
      ['saved', '4.00'],
      ['waiting', '0.00'],
    ]);
  });

  it('are judged by a metric', async () => {
    const rows = await rowsOf({ metric: 'accuracy' });
    const judged = ['whole', 'first', 'lost', 'open'].map((name) => {
      const { quality, costPerPoint, isOnFrontier } = rows[name]!;
      return [quality, costPerPoint, isOnFrontier];
    });
    expect(judged).toEqual([
      [0.8, '11.25', true],
      [0.7, '4.285714285714', true],
      [0.5, '8.00', false],
      [null, null, null],
    ]);
  });

  test.each([
    [{ sort: 'quality' }, 'needs a metric'],
    [{ sort: 'price' }, 'not sorted by'],
    [{ by: 'colour' }, 'colour'],
    [{ filter: ['failed'] }, 'not a filter'],
  ])('%o is refused with what is possible', (words, message) => {
    expect(() => ask(words)).toThrow(message);
  });
});

describe('a receipt', () => {
  test.each(['whole', 'lost', 'saved', 'first', 'second', 'open'])(
    'of %s adds up to its row',
    async (name) => {
      const { run: row, lines, charges } = await tare.explainRun(`slurm:prod:${name}`);
      const sum = [
        ...lines.map(({ amount }) => amount),
        ...lines.map(({ shared }) => shared),
        ...charges.map(({ amount }) => amount),
      ]
        .map((text) => parsePicos(text!)!.picos)
        .reduce((total, picos) => total + picos, 0n);
      expect(sum).toBe(parsePicos(row.cost!)!.picos);
      for (const line of lines) {
        const product = line.deviceHours! * Number(line.unitPrice) * line.share!;
        expect(product).toBeCloseTo(Number(line.amount), 6);
      }
      expect(row).toEqual((await rowsOf())[name]);
    },
  );

  it('has quantity, price and share, and the hours', async () => {
    const receipt = await tare.explainRun('second');
    expect(receipt.sharedWith).toEqual(['slurm:prod:first']);
    expect(receipt.lines).toMatchObject([
      {
        attempt: 1,
        gpuModel: 'H100-SXM5-80GB',
        deviceHours: 2,
        share: 0.75,
        gpuHours: 1.5,
        unitPrice: '2.00',
        amount: '3.00',
      },
    ]);
    expect(
      receipt.timeline.map(({ hour, gpuHours, cost, activity, powerWatts }) => [
        hour.slice(11, 16),
        gpuHours,
        cost,
        activity,
        powerWatts,
      ]),
    ).toEqual([
      ['10:00', 0.5, '1.00', 0.5, 400],
      ['11:00', 1, '2.00', 0.5, 400],
    ]);
  });

  it('says since when the work was lost', async () => {
    const [saved] = (await tare.explainRun('saved')).attempts;
    expect(saved!.lost).toBe('0.50 GPU-hours, $1.00 since the checkpoint of 2026-10-14T12:00:00Z');
    const [lost] = (await tare.explainRun('lost')).attempts;
    expect(lost!.lost).toBe('1.00 GPU-hours, $2.00 since its start: no checkpoint of this attempt is known');
  });

  it('reads as a receipt', async () => {
    expect(receiptText(await tare.explainRun('whole'))).toMatchSnapshot();
    expect(receiptText(await tare.explainRun('second'))).toMatchSnapshot();
  });

  it('of a run that nobody knows is refused', async () => {
    await expect(tare.explainRun('slurm:prod:9')).rejects.toMatchObject({ code: 'TARE-4023' });
  });
});

describe('over HTTP', () => {
  it('answers alike', async () => {
    for (const request of [
      ask(),
      ask({ by: 'team' }),
      ask({ limit: 2, offset: 2, metric: 'accuracy', sort: 'quality' }),
    ]) {
      expect(await remote.reportRuns(request)).toEqual(await tare.reportRuns(request));
    }
    expect(await remote.explainRun('slurm:prod:first')).toEqual(await tare.explainRun('slurm:prod:first'));
    const cadence = readCadenceRequest(
      { model: 'ranker', filter: [], value: '10', decayPoints: '1=0.5,7=2' },
      null,
    );
    expect(await remote.runsCadence(cadence)).toEqual(await tare.runsCadence(cadence));
    await expect(remote.explainRun('team/project/x')).rejects.toMatchObject({ code: 'TARE-4023' });
  });
});

describe('cadence', () => {
  it('says in a sentence how often to retrain', async () => {
    const report = await tare.runsCadence(
      readCadenceRequest({ model: 'ranker', filter: [], value: '100', cost: '900', decay: 0.5 }, null),
    );
    expect(report.sentence).toBe(
      'ranker: retrain every 6 days; nightly costs $19,023.44 a month more than that, $28,154.69 instead of $9,131.25 (an estimate).',
    );
    expect(
      report.rows.map(({ cadence, days, totalPerMonth, range }) => [cadence, days, totalPerMonth, range]),
    ).toEqual([
      ['daily', 1, '28154.69', null],
      ['weekly', 7, '9239.96', null],
      ['monthly', 30.4375, '24061.04', null],
      ['best', 6, '9131.25', null],
    ]);
  });

  it('measures what a model costs, failed runs included, and how sure that is', async () => {
    const report = await tare.runsCadence(
      readCadenceRequest({ model: 'ranker', filter: [], value: '10', decay: 0.1 }, null),
    );
    // 9 + 4 + 4 + 3 dollars for the two runs of the model that succeeded.
    expect(report.inputs).toMatchObject({
      costPerRun: '10.00',
      costBasis: 'measured',
      runs: 4,
      modelsMade: 2,
    });
    expect(report.bestDays).toBeCloseTo(Math.sqrt(20), 4);
    const best = report.rows.find(({ cadence }) => cadence === 'best')!;
    expect(Number(best.range!.low)).toBeLessThan(Number(best.totalPerMonth));
    expect(Number(best.range!.high)).toBeGreaterThan(Number(best.totalPerMonth));
  });

  it('measures decay on successive runs', async () => {
    const store = await openDuckDbStore('duckdb::memory:');
    const trained = [0, 10, 20].map((day, index) =>
      runFact(`test:${index}`, {
        startMs: NINE + day * DAY_MS,
        endMs: NINE + day * DAY_MS + HOUR_MS,
        metrics: { accuracy: 90, live_accuracy: 90 - index },
        attributes: { 'label:model': 'ranker' },
      }),
    );
    await store.importDataset(
      { name: 'test:runs', kind: 'test', importedAtMs: NOW },
      once({ runs: trained }),
    );
    const other = createTare({
      store,
      fileSources: [],
      liveSources: [],
      priceBooks: [],
      settings: SMALL_SETTINGS,
      clock: { nowMs: () => NINE + 30 * DAY_MS },
      listFiles: async () => [],
    });
    const words = {
      model: 'ranker',
      filter: [],
      value: '10',
      cost: '30',
      metric: 'accuracy',
      metricBefore: 'live_accuracy',
    };
    const { inputs } = await other.runsCadence(readCadenceRequest(words, null));
    // 1 and 2 points in nearly ten days each.
    expect(inputs.decayPerDay).toBeCloseTo(1.5 / (10 - 1 / 24), 4);
    expect(inputs).toMatchObject({ decayBasis: 'measured', decayMeasurements: 2 });
    await expect(
      other.runsCadence(readCadenceRequest({ ...words, metric: 'loss' }, null)),
    ).rejects.toMatchObject({ code: 'TARE-4023' });
    await other.close();
  });

  it('measures decay on scores between trainings', async () => {
    const store = await openDuckDbStore('duckdb::memory:');
    const runs = [0, 10].map((day) =>
      runFact(`train-${day}`, {
        state: 'succeeded',
        startMs: NINE + day * DAY_MS,
        endMs: NINE + day * DAY_MS + HOUR_MS,
        attributes: { 'label:model': 'ranker' },
      }),
    );
    const scores = [1, 2, 3, 4, 11, 12].map((day) => ({
      scoreId: `day-${day}`,
      name: 'helpfulness',
      value: 90 - 0.5 * (day % 10),
      atMs: NINE + day * DAY_MS,
      endpoint: null,
      model: 'ranker',
      promptName: null,
      promptVersion: null,
      requestId: null,
      runId: null,
      by: 'human',
    }));
    await store.importDataset({ name: 'test:runs', kind: 'test', importedAtMs: NOW }, once({ runs, scores }));
    const scored = createTare({
      store,
      fileSources: [],
      liveSources: [],
      priceBooks: [],
      settings: SMALL_SETTINGS,
      clock: { nowMs: () => NINE + 30 * DAY_MS },
      listFiles: async () => [],
    });
    const words = { model: 'ranker', filter: [], value: '10', cost: '30', score: 'helpfulness' };
    const { inputs } = await scored.runsCadence(readCadenceRequest(words, null));
    expect(inputs).toMatchObject({ decayPerDay: 0.5, decayBasis: 'measured', decayMeasurements: 4 });
    await expect(
      scored.runsCadence(readCadenceRequest({ ...words, score: 'accuracy' }, null)),
    ).rejects.toMatchObject({ code: 'TARE-4023' });
    await scored.close();
  });

  test.each([
    [{}, 'how fast quality goes'],
    [{ decay: 1, decayPoints: '1=2' }, 'more than one way'],
    [{ metric: 'accuracy' }, 'one metric'],
    [{ decayPoints: 'soon=2' }, 'no measured loss'],
  ])('%o is not enough', (words, message) => {
    expect(() => readCadenceRequest({ model: 'm', filter: [], value: '1', ...words }, null)).toThrow(message);
  });
});
