import type { LeverDetail, LeverRow, LeversReport } from '../../../src/app/results/levers.ts';
import type { IdleFigures, IdleReport } from '../../../src/app/results/results.ts';

/** Invented answers about levers and idle time whose parts add up, for tests of the views. */
const PERIOD = {
  from: '2026-10-01T00:00:00Z',
  to: '2026-10-31T00:00:00Z',
  days: 30,
  hoursPerMonth: 730,
};

type Saving = readonly [low: string, expected: string, high: string];

function makeRow(
  lever: string,
  target: string,
  [low, expected, high]: Saving,
  inPlanSaving: string,
  part: Partial<LeverRow>,
): LeverRow {
  return {
    id: `${lever}/${target}`,
    lever,
    target,
    owner: 'search',
    aloneSaving: { low, expected, high },
    inPlanSaving,
    targetCost: '900.00',
    note: null,
    risk: 'low',
    evidence: {
      from: PERIOD.from,
      to: PERIOD.to,
      hours: 720,
      rows: 720,
      gpuHours: 6,
      gpuHoursSaved: 2,
      cause: 'forgotten',
      facts: ['it never came back'],
    },
    assumptions: ['a restart costs 10 minutes of its GPUs'],
    action: `stop ${target} after 2 h`,
    changes: [],
    ...part,
  };
}

export function makeLevers(part: Partial<LeversReport> = {}): LeversReport {
  return {
    currency: 'USD',
    from: PERIOD.from,
    to: PERIOD.to,
    period: PERIOD,
    sentence: 'The plan saves $3,000.00 a month (2,500–3,400).',
    rows: [
      makeRow('reclaim', 'old', ['500.00', '600.00', '700.00'], '600.00', {}),
      makeRow('scale-to-zero', 'chat', ['1500.00', '2000.00', '2200.00'], '2000.00', {
        targetCost: '4000.00',
      }),
      makeRow('share', 'a, b', ['900.00', '1000.00', '1100.00'], '400.00', {
        targetCost: '5000.00',
        risk: 'medium',
        note: '$600.00 already saved by reclaim',
      }),
    ],
    planSaving: { low: '2500.00', expected: '3000.00', high: '3400.00' },
    gpuCost: '10000.00',
    missing: [],
    whileOthersWaited: {
      gpuHours: 100,
      cost: '400.00',
      runs: 12,
      heldBackByQuota: { gpuHours: 25, cost: '100.00' },
    },
    generated: null,
    ...part,
  };
}

export function makeLever(): LeverDetail {
  const { currency, from, to, period, rows } = makeLevers();
  const part = (cost: string, saved: string, idleByCause: Record<string, number>) => ({
    gpuHours: 3,
    cost,
    saved,
    idleByCause,
  });
  const total = { gpuHours: 6, cost: '24.00', saved: '8.00', idleByCause: { forgotten: 3, interactive: 1 } };
  return {
    currency,
    from,
    to,
    period,
    place: 1,
    levers: rows.length,
    row: rows[0]!,
    days: [
      { ...part('12.00', '8.00', { forgotten: 3 }), day: '2026-10-01' },
      { ...part('12.00', '0.00', { interactive: 1 }), day: '2026-10-02' },
    ],
    nodes: [{ ...total, node: 'node-1', gpuModel: 'A100' }],
    total,
  };
}

function idle(held: number, free: number): IdleFigures {
  const money = (hours: number) => `${hours * 4}.00`;
  return {
    gpuHours: { gross: held + free, idle: held, unallocated: free, unobserved: 0 },
    cost: { gross: money(held + free), idle: money(held), unallocated: money(free), unobserved: '0.00' },
    idleFraction: null,
    unpricedGpuHours: 0,
  };
}

const WORKING = { ...idle(0, 0), gpuHours: { gross: 60, idle: 0, unallocated: 0, unobserved: 0 } };

/** Forty of a hundred hours stood still: thirty held and forgotten, ten that fitted nobody. */
export function makeIdle(by: readonly string[]): IdleReport {
  const rows: IdleReport['rows'] = by.includes('device')
    ? [{ device: 'gpu-a', ...idle(30, 0) }]
    : by.includes('day')
      ? [
          { cause: 'forgotten', day: '2026-10-01', ...idle(10, 0) },
          { cause: 'forgotten', day: '2026-10-02', ...idle(20, 0) },
          { cause: 'did-not-fit', day: '2026-10-01', ...idle(0, 10) },
          { cause: 'working', day: '2026-10-01', ...WORKING },
        ]
      : [
          { cause: 'forgotten', ...idle(30, 0) },
          { cause: 'did-not-fit', ...idle(0, 10) },
          { cause: 'working', ...WORKING },
        ];
  return {
    currency: 'USD',
    from: PERIOD.from,
    to: PERIOD.to,
    by,
    rows,
    rest: by.includes('device') ? { rows: 2, ...idle(0, 10) } : null,
    total: { ...idle(30, 10), gpuHours: { gross: 100, idle: 30, unallocated: 10, unobserved: 0 } },
  };
}
