import { PICOS_PER_UNIT, type Picos } from '../../domain/money/picos.ts';
import type { Warning } from '../../ports/source.ts';

/** What a row says about whether its provider's EffectiveCost can be trusted. */
export type SurveyedRow = Readonly<{
  provider: string;
  chargeCategory: string | null;
  hasCommitment: boolean;
  billedPicos: Picos;
  effectivePicos: Picos | null;
}>;

export type EffectiveCostVerdict = 'trusted' | 'zero' | 'rounded';

type Tally = { compared: number; zero: number; whole: number };

/**
 * Looks over a whole bill before it is taken: some exports round EffectiveCost to whole units, or leave it at zero, and a
 * ledger that believed them would lose most of the money.
 *
 * Compared are rows whose EffectiveCost should be near their BilledCost and is not a round number by nature: billed with a
 * fraction, no purchase or tax (a prepaid purchase is effective later), no commitment. A provider whose compared rows are all
 * zero, or mostly whole, is not believed on any of its rows.
 */
export class EffectiveCostSurvey {
  readonly #tallies = new Map<string, Tally>();

  look(row: SurveyedRow): void {
    if (!isComparable(row)) return;
    const tally = this.#tallies.get(row.provider) ?? { compared: 0, zero: 0, whole: 0 };
    tally.compared += 1;
    if (row.effectivePicos === 0n) tally.zero += 1;
    if (isWhole(row.effectivePicos!)) tally.whole += 1;
    this.#tallies.set(row.provider, tally);
  }

  verdict(provider: string): EffectiveCostVerdict {
    const tally = this.#tallies.get(provider);
    if (!tally) return 'trusted';
    if (tally.zero === tally.compared) return 'zero';
    return tally.whole * 2 > tally.compared ? 'rounded' : 'trusted';
  }

  /** The finding in words; `count` is the number of charges that it decides. */
  warning(provider: string, count: number): Warning | undefined {
    const verdict = this.verdict(provider);
    const tally = this.#tallies.get(provider);
    if (verdict === 'trusted' || !tally) return undefined;
    const { compared, zero, whole } = tally;
    return verdict === 'zero'
      ? {
          code: 'effective-cost-zero',
          message: `${provider}: EffectiveCost is 0 on all ${compared} charges compared with their BilledCost, so the ledger counts BilledCost for ${provider}`,
          count,
        }
      : {
          code: 'effective-cost-rounded',
          message: `${provider}: EffectiveCost is a whole number on ${whole} of the ${compared} charges compared with their BilledCost (0 on ${zero}), as if rounded, so the ledger counts BilledCost for ${provider}`,
          count,
        };
  }
}

function isComparable(row: SurveyedRow): boolean {
  const { chargeCategory, hasCommitment, billedPicos, effectivePicos } = row;
  const isUsual = !/^(?:purchase|tax)$/i.test(chargeCategory ?? '') && !hasCommitment;
  return isUsual && effectivePicos !== null && !isWhole(billedPicos);
}

function isWhole(picos: Picos): boolean {
  return picos % PICOS_PER_UNIT === 0n;
}
