import { describe, expect, it } from 'vitest';
import type { HardwareOptionFigures, HardwareReport } from '../app/results/hardware.ts';
import type { SpotReport, SpotRow } from '../app/results/spot.ts';
import { renderCsv } from './csv.ts';
import { hardwareTables } from './hardware-tables.ts';
import { spotTables } from './spot-tables.ts';
import { renderTable } from './table.ts';

const WIDE = { width: 200, isAscii: false, hasColor: false };
const PERIOD = {
  from: '2026-10-01T00:00:00Z',
  to: '2026-10-31T00:00:00Z',
  days: 30,
  hoursPerMonth: 730,
};
const COMMON = {
  currency: 'USD',
  from: PERIOD.from,
  to: PERIOD.to,
  period: PERIOD,
  offset: 0,
  nextOffset: null,
  generated: null,
};

const RANKER: SpotRow = {
  runId: 'k8s:ranker-1',
  workload: 'ranker',
  team: 'ranking',
  kind: 'training',
  pool: 'train',
  gpuModel: 'H100',
  runs: 1,
  verdict: 'could',
  why: 'kept 8 checkpoints',
  lever: 'spot/pool train',
  gpuHours: 80,
  unpricedGpuHours: 0,
  heldCost: '550.40',
  spotCost: '256.471',
  saved: '293.929',
  aloneSaving: { low: '250.00', expected: '298.01', high: '310.00' },
  startedAt: '2026-10-03T00:00:00Z',
  endedAt: '2026-10-03T10:00:00Z',
  durationHours: 10,
  spotHours: 10.341,
  spotEndsAt: '2026-10-03T10:20:00Z',
  deadlineHours: 12,
  slackHours: 1.659,
  checkpoints: 8,
  checkpointSeconds: 45,
  intervalSeconds: 4_500,
  plannedIntervalSeconds: 3_600,
  interruptions: 1.29,
  lostSecondsNow: 2_850,
  lostSecondsPlanned: 2_400,
};
const CHAT: SpotRow = {
  ...RANKER,
  runId: null,
  workload: 'chat',
  team: 'search',
  kind: 'inference',
  runs: 0,
  verdict: 'serving',
  why: 'answers requests: never on spot',
  lever: null,
  heldCost: '1200.00',
  spotCost: null,
  saved: null,
  aloneSaving: null,
  spotHours: null,
  deadlineHours: null,
  checkpoints: 0,
  intervalSeconds: null,
  plannedIntervalSeconds: null,
};

const SPOT: SpotReport = {
  ...COMMON,
  sentence: '1 run could have run on spot, which saves $298.01 a month (250–310); 1 other could not.',
  by: 'run',
  rows: [RANKER, CHAT],
  total: {
    rows: 2,
    could: 1,
    gpuHours: 160,
    heldCost: '1750.40',
    couldCost: '550.40',
    spotCost: '256.471',
    saved: '293.929',
    aloneSaving: RANKER.aloneSaving!,
  },
  pools: [
    {
      id: 'spot/pool train',
      target: 'pool train',
      gpuModel: 'H100',
      provider: 'AWS',
      region: 'us-east-1',
      workloads: 1,
      onDemandPerGpuHour: '6.88',
      spotPerGpuHour: '3.10',
      priceSource: 'list',
      priceReference: '2026-10-01, a price list',
      hoursBetweenPreemptions: 8,
      preemptionsSeen: 1,
      isMeasured: false,
      nodesPerJob: 1,
      checkpointSeconds: 45,
      checkpointsMeasured: 3,
      restartSeconds: 600,
      youngSeconds: 1_610,
      dalySeconds: 1_580,
      wastedPercent: 7.7,
      heldCost: '550.40',
      spotCost: '256.471',
      saved: '293.929',
      aloneSaving: RANKER.aloneSaving!,
    },
  ],
  refused: [
    {
      verdict: 'serving',
      why: 'answers requests: never on spot',
      workloads: ['chat'],
      runs: 0,
      gpuHours: 80,
      heldCost: '1200.00',
    },
  ],
};

describe('spot', () => {
  it('reads as a page that a finance person can check', () => {
    const [rows, pools] = spotTables(SPOT).map((model) => renderTable(model, WIDE));
    expect(`${rows!.table}\n${pools!.table}`).toMatchInlineSnapshot(`
      "RUN           WORKLOAD  TEAM     GPU   GPU-H      HELD  ON SPOT    SAVED  A MONTH  EVERY S  PLANNED S  H ON SPOT  DEADLINE H
      k8s:ranker-1  ranker    ranking  H100   80.0    550.40  256.47~  293.93~  298.01~    4,500      3,600      10.34       12.00  kept 8 checkpoints
      chat          chat      search   H100   80.0  1,200.00       –        –        –         –          –          –           –  no: answers requests: never on spot
      TOTAL                                  160.0  1,750.40  256.47~  293.93~  298.01~                              –           –

      LEVER            GPU   ON DEMAND  SPOT  TAKEN EVERY H  CHECKPOINT S  YOUNG S  DALY S  WASTED  A MONTH
      spot/pool train  H100       6.88  3.10          8.00~            45    1,610   1,580     8 %  298.01~
      "
    `);
    expect(rows!.after).toContain('Not on spot, 1,200.00: answers requests: never on spot (chat)');
    expect(pools!.after).toContain('spot price of spot/pool train: 2026-10-01, a price list (list)');
  });

  it('keeps every digit in CSV, and leaves empty what is not known', () => {
    const [head, ranker, chat] = renderCsv(spotTables(SPOT)[0])
      .split('\n')
      .map((line) => line.split(','));
    const of = (line: readonly string[] | undefined, name: string) => line![head!.indexOf(name)];
    expect([of(ranker, 'spotCost'), of(ranker, 'saved'), of(ranker, 'slackHours')]).toEqual([
      '256.471',
      '293.929',
      '1.659',
    ]);
    expect([of(chat, 'spotCost'), of(chat, 'saved'), of(chat, 'spotHours')]).toEqual(['', '', '']);
  });

  it('says which rows it shows, and where the next ones begin', () => {
    const paged = { ...SPOT, rows: [RANKER], nextOffset: 1 };
    expect(renderTable(spotTables(paged)[0], WIDE).after).toContain(
      'rows 1 to 1 of 2; the next begin with --offset 1',
    );
  });
});

const NOW: HardwareOptionFigures = {
  gpuModel: 'A10G',
  isCurrent: true,
  isCheapest: false,
  isProposed: false,
  memoryGib: 24,
  fits: true,
  speed: { low: 1, expected: 1, high: 1, source: 'as it runs', isMeasured: true },
  perGpuHour: '1.006',
  priceSource: 'list',
  priceReference: '2025-11-30, a price list',
  cost: '734.38',
  costPerRun: null,
  costPer1kRequests: '0.0734',
  costPer1mTokens: '0.21',
  busyP99: 0.2,
  p99Ms: { expected: 80, worst: 80 },
  isLatencyMet: true,
  saving: null,
  refusal: null,
  why: null,
};
const HARDWARE: HardwareReport = {
  ...COMMON,
  sentence: '1 of 1 workload would cost $146.88 less a month on another GPU.',
  rows: [
    {
      workload: 'embedder',
      kind: 'inference',
      owner: 'search',
      gpuModel: 'A10G',
      provider: 'AWS',
      region: 'us-east-1',
      gpuHours: 720,
      unpricedGpuHours: 0,
      heldCost: '734.38',
      periodCost: '724.32',
      runs: null,
      requests: 9_867_847,
      tokens: 3_449_142_857,
      memoryGib: 11.4,
      busyP99: 0.2,
      samples: 43_200,
      p99Ms: 80,
      limitMs: 200,
      options: [
        NOW,
        {
          ...NOW,
          gpuModel: 'L4',
          isCurrent: false,
          isCheapest: true,
          isProposed: true,
          speed: { low: 0.5, expected: 0.71, high: 1, source: 'estimated by bandwidth', isMeasured: false },
          perGpuHour: '0.8048',
          cost: '587.50',
          costPer1kRequests: '0.0587',
          costPer1mTokens: '0.168',
          p99Ms: { expected: 112.7, worst: 160 },
          saving: '146.88',
        },
        {
          ...NOW,
          gpuModel: 'K80',
          isCurrent: false,
          memoryGib: 12,
          fits: false,
          speed: null,
          cost: null,
          costPer1kRequests: null,
          costPer1mTokens: null,
          refusal: 'no-memory',
          why: 'needs 11.4 GiB and a tenth to spare, has 12 GiB',
        },
      ],
      proposed: 'L4',
      lever: 'right-size/embedder',
      toMeasure: null,
      aloneSaving: { low: '140.00', expected: '146.88', high: '150.00' },
    },
  ],
  total: { targets: 1, changes: 1, trials: 0, heldCost: '734.38', aloneSaving: '146.88' },
  missing: [{ workload: 'old', gpuModel: 'V100', reason: 'no price of V100 is known there' }],
  prices: [
    {
      gpuModel: 'L4',
      provider: 'aws',
      lifecycle: 'committed',
      term: '1y',
      perGpuHour: '0.6364',
      region: 'us-east-1',
      instanceType: 'g6.xlarge',
      offers: 4,
      from: '2025-06-01',
      source: 'a price list',
      checked: '2025-11-30',
      confidence: 'approximate',
    },
  ],
};

describe('hardware', () => {
  it('reads as a page that a finance person can check', () => {
    const [rows, prices] = hardwareTables(HARDWARE).map((model) => renderTable(model, WIDE));
    expect(`${rows!.table}\n${prices!.table}`).toMatchInlineSnapshot(`
      "WORKLOAD  GPU                       GIB  SPEED               GPU-HOUR  A MONTH  A RUN  PER 1K  PER 1M TOKENS    SAVED  WHY NOT
      embedder  A10G  now                  24  1.00×                 1.0060  734.38       –  0.0734         0.2100       –
      embedder  L4    cheapest, proposed   24  0.71× (0.50–1.00)~    0.8048  587.50~      –  0.0587         0.1680  146.88~
      embedder  K80                        12  –                     1.0060       –       –       –              –       –   needs 11.4 GiB and a tenth to spare, has 12 GiB

      GPU  PROVIDER  BOUGHT        GPU-HOUR FROM  REGION     MACHINE    OFFERS  CHECKED     SOURCE
      L4   aws       committed 1y         0.6364  us-east-1  g6.xlarge       4  2025-11-30  a price list
      "
    `);
    expect(rows!.after).toContain('Not compared (old): no price of V100 is known there');
  });

  it('has no price list where no kind was compared', () => {
    expect(hardwareTables({ ...HARDWARE, prices: [] })).toHaveLength(1);
  });
});
