import { divideHalfEven } from '../money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos } from '../money/picos.ts';

export const HOURS_PER_YEAR = 8_760n;
const MONTHS_PER_YEAR = 12n;
const WATTS_PER_KILOWATT = 1_000n;

/** One owned machine. Decimals are scaled like money: 1.3 is 1.3 × `PICOS_PER_UNIT`; every amount is in one currency. */
export type OwnedMachine = Readonly<{
  /** GPUs in the machine; at least 1. */
  gpus: number;
  capitalPicos: Picos;
  /** What it is worth at the end of its life. */
  residualPicos: Picos;
  /** Life in years, above 0. */
  yearsPicos: Picos;
  /** Of the whole machine at full load. */
  powerWattsPicos: Picos;
  /** Average draw as a share of full load, 0–1. */
  averageDrawPicos: Picos;
  /** Power usage effectiveness of the building, at least 1. */
  puePicos: Picos;
  /** Per kilowatt-hour. */
  tariffPicos: Picos;
  colocationPerMonthPicos: Picos;
  otherPerMonthPicos: Picos;
  supportPerYearPicos: Picos;
}>;

export type OwnershipOptions = Readonly<{ isPaidOff?: boolean; exchangeRatePicos?: Picos }>;

/**
 * What an owned GPU costs per hour, whether it works or not:
 *
 * ```
 * ( (capital − residual) ÷ (years × 8760)                        straight line over the life
 * + watts ÷ 1000 × average draw × PUE × tariff                   energy
 * + (12 × (colocation + other) + support) ÷ 8760 ) ÷ GPUs        the rest of the year's bills
 * ```
 *
 * A year is 365 days of 24 hours. Everything is brought over one denominator, so there is one division and one rounding, half to even
 * at the twelfth decimal. After its life a machine costs the same less the first line: pass `isPaidOff`. `exchangeRatePicos` is what one
 * unit of the machine's currency is in the one that is asked for.
 */
export function costOfOwnership(
  machine: OwnedMachine,
  { isPaidOff = false, exchangeRatePicos = PICOS_PER_UNIT }: OwnershipOptions = {},
): Picos {
  const { capitalPicos, residualPicos, yearsPicos } = machine;
  const lifeHours = yearsPicos * HOURS_PER_YEAR; // scaled once
  const energyScale = PICOS_PER_UNIT ** 3n * WATTS_PER_KILOWATT;

  const depreciation = isPaidOff ? 0n : (capitalPicos - residualPicos) * PICOS_PER_UNIT * energyScale;
  const energy =
    machine.powerWattsPicos * machine.averageDrawPicos * machine.puePicos * machine.tariffPicos * lifeHours;
  const bills = yearlyBills(machine) * yearsPicos * energyScale;

  const denominator = lifeHours * energyScale * BigInt(machine.gpus) * PICOS_PER_UNIT;
  return divideHalfEven((depreciation + energy + bills) * exchangeRatePicos, denominator);
}

function yearlyBills(machine: OwnedMachine): Picos {
  const monthly = machine.colocationPerMonthPicos + machine.otherPerMonthPicos;
  return monthly * MONTHS_PER_YEAR + machine.supportPerYearPicos;
}
