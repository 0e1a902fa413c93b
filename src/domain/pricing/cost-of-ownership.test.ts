import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { formatPicos, PICOS_PER_UNIT, parsePicos } from '../money/picos.ts';
import { costOfOwnership, HOURS_PER_YEAR, type OwnedMachine } from './cost-of-ownership.ts';

const picos = (text: string) => parsePicos(text)!.picos;

/** The worked example of docs/methodology.md. */
const server: OwnedMachine = {
  gpus: 8,
  capitalPicos: picos('250000'),
  residualPicos: picos('25000'),
  yearsPicos: picos('5'),
  powerWattsPicos: picos('10200'),
  averageDrawPicos: picos('0.8'),
  puePicos: picos('1.3'),
  tariffPicos: picos('0.12'),
  colocationPerMonthPicos: picos('1200'),
  otherPerMonthPicos: 0n,
  supportPerYearPicos: picos('9000'),
};

const nothing: OwnedMachine = {
  ...server,
  capitalPicos: 0n,
  residualPicos: 0n,
  powerWattsPicos: 0n,
  colocationPerMonthPicos: 0n,
  supportPerYearPicos: 0n,
};

test.each([
  { what: 'the worked example', machine: server, options: {}, expected: '1.13514739726' },
  { what: 'the same, paid off', machine: server, options: { isPaidOff: true }, expected: '0.493024109589' },
  {
    what: 'capital alone: 225000 ÷ 43800 ÷ 8',
    machine: { ...nothing, capitalPicos: picos('250000'), residualPicos: picos('25000') },
    options: {},
    expected: '0.642123287671',
  },
  {
    what: 'power alone: 10.2 × 0.8 × 1.3 × 0.12 ÷ 8',
    machine: { ...nothing, powerWattsPicos: picos('10200') },
    options: {},
    expected: '0.15912',
  },
  {
    what: 'colocation alone: 1200 × 12 ÷ 8760 ÷ 8',
    machine: { ...nothing, colocationPerMonthPicos: picos('1200') },
    options: {},
    expected: '0.205479452055',
  },
  {
    what: 'power in another currency',
    machine: { ...nothing, powerWattsPicos: picos('10200') },
    options: { exchangeRatePicos: picos('1.08') },
    expected: '0.1718496',
  },
  { what: 'nothing', machine: nothing, options: {}, expected: '0.00' },
])('$what costs $expected per GPU-hour', ({ machine, options, expected }) => {
  expect(formatPicos(costOfOwnership(machine, options))).toBe(formatPicos(picos(expected)));
});

it('pays back exactly what was spent: hours × GPUs × rate is capital less residual, but for the rounding of the rate', () => {
  const machines = fc.record({
    capital: fc.bigInt(0n, 10n ** 7n),
    residual: fc.bigInt(0n, 10n ** 6n),
    years: fc.bigInt(1n, 15n),
    gpus: fc.integer({ min: 1, max: 16 }),
  });
  fc.assert(
    fc.property(machines, ({ capital, residual, years, gpus }) => {
      const spent = (capital - residual) * PICOS_PER_UNIT;
      const machine: OwnedMachine = {
        ...nothing,
        capitalPicos: capital * PICOS_PER_UNIT,
        residualPicos: residual * PICOS_PER_UNIT,
        yearsPicos: years * PICOS_PER_UNIT,
        gpus,
      };
      const gpuHours = HOURS_PER_YEAR * years * BigInt(gpus);
      const difference = costOfOwnership(machine) * gpuHours - spent;
      expect(2n * (difference < 0n ? -difference : difference) <= gpuHours).toBe(true);
    }),
  );
});

it('grows with every cost', () => {
  const fields = [
    'capitalPicos',
    'powerWattsPicos',
    'tariffPicos',
    'supportPerYearPicos',
    'otherPerMonthPicos',
  ] as const;
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.bigInt(1n, 10n ** 4n), (field, more) => {
      const dearer = { ...server, [field]: server[field] + more * PICOS_PER_UNIT };
      expect(costOfOwnership(dearer) > costOfOwnership(server)).toBe(true);
    }),
  );
});
