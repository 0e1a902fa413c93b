import { type HourlyDemand, useByUnit } from './best-level.ts';

export type CommitmentTerm = Readonly<{
  name: string;
  years: number;
  /** Committed price ÷ on-demand price. */
  rate: number;
}>;
export type TermUnits = Readonly<{ term: CommitmentTerm; units: number }>;

/**
 * Which units to commit for how long, unit by unit: the term that saves most over the longest of the terms, or none.
 *
 * `survivalPerYear` is the chance that demand of today is still there a year later. A term of y years is used, on average over
 * its life, `use · (1 − sʸ) ÷ (−y·ln s)`. A shorter term is renewed for as long as the demand survives, and is not renewed after:
 * that is its advantage over a cheaper one that outlives its use.
 */
export function stackTerms(
  demand: HourlyDemand,
  terms: readonly CommitmentTerm[],
  survivalPerYear: number,
): readonly TermUnits[] {
  const horizon = Math.max(...terms.map(({ years }) => years));
  const units = new Map<CommitmentTerm, number>();
  for (const hours of useByUnit(demand)) {
    const use = hours / demand.length;
    const values = terms.map((term) => savedYears(term, use, survivalPerYear, horizon));
    const most = Math.max(...values);
    if (most <= 0) break;
    const term = terms[values.indexOf(most)]!;
    units.set(term, (units.get(term) ?? 0) + 1);
  }
  return terms.map((term) => ({ term, units: units.get(term) ?? 0 }));
}

/** On-demand unit-years that one unit saves until the horizon. */
function savedYears(term: CommitmentTerm, use: number, survival: number, horizon: number): number {
  const perTerm = term.years * (use * meanSurvival(survival, term.years) - term.rate);
  const purchases = Math.max(1, Math.round(horizon / term.years));
  let saved = 0;
  for (let purchase = 0; purchase < purchases; purchase++)
    saved += survival ** (purchase * term.years) * perTerm;
  return saved;
}

/** Of a demand that is lost at a constant rate: how much of it is there on average over so many years. */
export function meanSurvival(survivalPerYear: number, years: number): number {
  if (survivalPerYear >= 1) return 1;
  if (survivalPerYear <= 0) return 0;
  return (1 - survivalPerYear ** years) / (-years * Math.log(survivalPerYear));
}
