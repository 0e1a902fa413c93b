import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { formatPicos, parsePicos } from '../money/picos.ts';
import { costOfFleet, type FleetSize, gpusForSameWork } from './size-fleet.ts';

const picos = (text: string) => parsePicos(text)!.picos;
const sizeOf = (gpus: number, price: string, utilization: string, hours = '730'): FleetSize => ({
  gpus,
  perGpuHour: picos(price),
  hoursPerMonth: picos(hours),
  utilization: picos(utilization),
});

test.each([
  {
    size: sizeOf(8, '2.50', '0.41'),
    hourly: '20.00',
    monthly: '14600.00',
    idle: '8614.00',
    useful: '6.09756097561',
  },
  { size: sizeOf(1, '1', '1'), hourly: '1.00', monthly: '730.00', idle: '0.00', useful: '1.00' },
  {
    size: sizeOf(3, '0.333333333333', '0.5', '100'),
    hourly: '0.999999999999',
    monthly: '99.9999999999',
    idle: '49.99999999995',
    useful: '0.666666666666',
  },
])('$size.gpus GPUs: $monthly a month', ({ size, hourly, monthly, idle, useful }) => {
  const cost = costOfFleet(size);
  expect(formatPicos(cost.hourly)).toBe(hourly);
  expect(formatPicos(cost.monthly)).toBe(monthly);
  expect(formatPicos(cost.monthlyIdle)).toBe(idle);
  expect(formatPicos(cost.perUsefulGpuHour!)).toBe(useful);
});

it('has no price of a useful hour where none is', () => {
  expect(costOfFleet(sizeOf(2, '3', '0')).perUsefulGpuHour).toBeNull();
});

test.each([
  [8, '0.41', '0.8', 5],
  [8, '0.8', '0.8', 8],
  [8, '0.95', '0.8', 8],
  [10, '0.4', '0.8', 5],
  [8, '0', '0.8', 1],
])('%i GPUs at %s fit on so many at %s: %i', (gpus, utilization, target, expected) => {
  expect(gpusForSameWork(sizeOf(gpus, '1', utilization), picos(target))).toBe(expected);
});

it('splits the month into what is useful and what is idle, to the last digit', () => {
  const anySize = fc.record({
    gpus: fc.integer({ min: 1, max: 10_000 }),
    perGpuHour: fc.bigInt(0n, 10n ** 14n),
    hoursPerMonth: fc.bigInt(1n, 744n * 10n ** 12n),
    utilization: fc.bigInt(0n, 10n ** 12n),
  });
  fc.assert(
    fc.property(anySize, (size) => {
      const { monthly, monthlyUseful, monthlyIdle } = costOfFleet(size);
      expect(monthlyUseful + monthlyIdle).toBe(monthly);
      expect(monthlyIdle >= 0n && monthlyUseful >= 0n).toBe(true);
    }),
  );
});
