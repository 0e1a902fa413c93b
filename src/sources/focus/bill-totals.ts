import type { ChargeFact } from '../../domain/facts/facts.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { type EpochMs, formatInstant } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';

/** Adds up what was read from one bill, in the ledger's currency. Unknown costs add nothing. */
export class BillTotals {
  #charges = 0;
  #billed: Picos = 0n;
  #effective: Picos = 0n;
  #list: Picos = 0n;
  #contracted: Picos = 0n;
  #cost: Picos = 0n;
  #gpuTicks = 0n;
  #fromMs: EpochMs = Number.POSITIVE_INFINITY;
  #toMs: EpochMs = Number.NEGATIVE_INFINITY;
  readonly #chargesByProvider = new Map<string, number>();

  add(charge: ChargeFact): void {
    this.#charges += 1;
    this.#billed += charge.billedPicos;
    this.#effective += charge.effectivePicos ?? 0n;
    this.#list += charge.listPicos ?? 0n;
    this.#contracted += charge.contractedPicos ?? 0n;
    this.#cost += charge.costPicos;
    this.#gpuTicks += charge.gpu?.ticks ?? 0n;
    this.#fromMs = Math.min(this.#fromMs, charge.chargePeriodStartMs);
    this.#toMs = Math.max(this.#toMs, charge.chargePeriodEndMs);
    const { provider } = charge;
    this.#chargesByProvider.set(provider, (this.#chargesByProvider.get(provider) ?? 0) + 1);
  }

  chargesByProvider(): ReadonlyMap<string, number> {
    return this.#chargesByProvider;
  }

  toRecord(): Record<string, string | number> {
    const period =
      this.#charges === 0 ? {} : { from: formatInstant(this.#fromMs), to: formatInstant(this.#toMs) };
    return {
      charges: this.#charges,
      billedCost: formatPicos(this.#billed),
      effectiveCost: formatPicos(this.#effective),
      listCost: formatPicos(this.#list),
      contractedCost: formatPicos(this.#contracted),
      cost: formatPicos(this.#cost),
      gpuHours: ticksToHours(this.#gpuTicks),
      ...period,
      providers: [...this.#chargesByProvider].map(([name, count]) => `${name} ${count}`).join(', '),
    };
  }
}
