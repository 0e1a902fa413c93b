import { expect, test } from 'vitest';
import { formatPicos, parsePicos } from '../money/picos.ts';
import { fractionOf } from '../units/fraction.ts';
import { perGpuHour } from './per-gpu-hour.ts';

test.each([
  { amount: '98.32', exchange: '1', gpus: 8, expected: '12.29' },
  { amount: '21.957642', exchange: '1', gpus: 8, expected: '2.74470525' },
  { amount: '0.454', exchange: '1', gpus: 1 / 6, expected: '2.724' },
  { amount: '10.00', exchange: '1', gpus: 3, expected: '3.333333333333' },
  { amount: '2.73', exchange: '1.08', gpus: 1, expected: '2.9484' },
  { amount: '0.000000000001', exchange: '1', gpus: 2, expected: '0.00' },
  { amount: '0.000000000003', exchange: '1', gpus: 2, expected: '0.000000000002' },
])('$amount × $exchange for a machine with $gpus GPUs', ({ amount, exchange, gpus, expected }) => {
  const perHour = perGpuHour(parsePicos(amount)!.picos, parsePicos(exchange)!.picos, fractionOf(gpus)!);
  expect(formatPicos(perHour)).toBe(expected);
});
