import { describe, expect, it } from 'vitest';
import type { PriceFigures } from './results/prices.ts';
import { type SizeRequest, sizeFleet } from './size-fleet.ts';

const request: SizeRequest = {
  gpus: 8,
  gpuModel: 'H100',
  lifecycle: 'on_demand',
  utilization: '0.5',
  hoursPerMonth: '730',
  perGpuHour: null,
  targetUtilization: '0.8',
  currency: 'USD',
};

const listed = (perGpuHour: string, lifecycle: string, more: Partial<PriceFigures> = {}): PriceFigures => ({
  provider: 'acme',
  region: '*',
  instanceType: null,
  gpuModel: 'H100-SXM5-80GB',
  gpuCount: 1,
  lifecycle,
  term: null,
  perGpuHour,
  perInstanceHour: null,
  currency: 'USD',
  from: '2026-01-01',
  source: 'https://acme.example/prices',
  checked: '2026-11-01',
  confidence: 'published',
  ...more,
});

const LIST = [
  listed('9.00', 'on_demand'),
  listed('2.00', 'on_demand', { provider: 'bolt', checked: '2026-10-01' }),
  listed('3.00', 'on_demand', { provider: 'core' }),
  listed('1.00', 'spot'),
  listed('1.80', 'committed', { term: '1y' }),
  listed('4.00', 'committed', { term: '3y' }),
  listed('0.10', 'on_demand', { gpuModel: 'H100-NVL-94GB' }),
  listed('0.20', 'on_demand', { currency: 'EUR' }),
];

describe('a fleet at list prices', () => {
  const report = sizeFleet(request, LIST);

  it('takes a price from the middle of the list, and says from where and when', () => {
    expect(report.gpuModel).toBe('H100-SXM5-80GB');
    expect(report.price).toEqual({
      perGpuHour: '3.00',
      kind: 'listed',
      listed: {
        provider: 'core',
        region: '*',
        instanceType: null,
        source: 'https://acme.example/prices',
        from: '2026-01-01',
        checked: '2026-11-01',
        lowest: '2.00',
        highest: '9.00',
        prices: 3,
      },
    });
    expect(report).toMatchObject({
      hourlyCost: '24.00',
      monthlyCost: '17520.00',
      monthlyIdleCost: '8760.00',
      idlePercent: 50,
    });
  });

  it('lists what each lever alone would do, and none that saves nothing', () => {
    expect(report.levers.map(({ lever, gpus, monthlySaving }) => [lever, gpus, monthlySaving])).toEqual([
      ['fewer-gpus', 5, '6570.00'],
      ['scale-to-zero', 8, '8760.00'],
      ['commit-1y', 8, '7008.00'],
      ['spot', 8, '11680.00'],
    ]);
  });

  it('never saves more than the fleet costs', () => {
    for (const { monthlySaving } of report.levers) expect(Number(monthlySaving)).toBeLessThanOrEqual(17_520);
  });
});

it('pays commitments in every hour, also when the fleet runs for a part of the month', () => {
  const levers = sizeFleet({ ...request, hoursPerMonth: '200' }, LIST).levers.map(({ lever }) => lever);
  expect(levers).not.toContain('commit-1y');
  expect(levers).toContain('spot');
});

it('uses the price that is stated', () => {
  const report = sizeFleet({ ...request, perGpuHour: '2.5', gpuModel: null }, []);
  expect(report).toMatchObject({
    monthlyCost: '14600.00',
    gpuModel: null,
    price: { kind: 'stated', listed: null },
  });
});

it.each([
  { what: 'an unknown GPU', change: {}, prices: [], code: 'TARE-4022' },
  { what: 'a lifecycle without a price', change: { lifecycle: 'owned' }, prices: LIST, code: 'TARE-4022' },
  { what: 'neither GPU nor price', change: { gpuModel: null }, prices: [], code: 'TARE-2001' },
])('refuses $what', ({ change, prices, code }) => {
  expect(() => sizeFleet({ ...request, ...change }, prices)).toThrow(expect.objectContaining({ code }));
});
