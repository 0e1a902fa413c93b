import type { ChargeFact } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import { NOBODY, UNTAGGED } from '../ownership/owner.ts';
import { attributesKey } from './attributes-key.ts';
import { hoursOf, periodOf } from './charge-periods.ts';
import type { WeighingRules } from './fleet-facts.ts';
import { emptyRow, type LedgerRow } from './ledger-row.ts';
import { buysGpuTime } from './purchases.ts';

/** Direct and shared costs: every charge that buys no GPU time, by the hour. */
export function rowsOfOtherCharges(charges: readonly ChargeFact[], rules: WeighingRules): LedgerRow[] {
  return groupsOfOtherCharges(charges).flatMap(({ line, costPicos }) => {
    const owner = rules.ownerOf(line.attributes);
    const isDirect = Object.keys(owner).length > 0;
    return hoursOf(periodOf(line)).map(({ hourMs, spread }) => ({
      ...emptyRow(hourMs),
      team: owner['team'] ?? (isDirect ? UNTAGGED : NOBODY),
      directPicos: isDirect ? spread(costPicos) : 0n,
      sharedPicos: isDirect ? 0n : spread(costPicos),
    }));
  });
}

/** Lines that differ in nothing the ledger shows are spread over time as one amount. */
function groupsOfOtherCharges(charges: readonly ChargeFact[]): { line: ChargeFact; costPicos: Picos }[] {
  const groups = new Map<string, { line: ChargeFact; costPicos: Picos }>();
  for (const line of charges) {
    if (buysGpuTime(line)) continue;
    const { provider, regionId, subAccountId, serviceName, chargePeriodStartMs } = line;
    const shown = [provider, regionId, subAccountId, serviceName, chargePeriodStartMs, periodOf(line).toMs];
    const key = JSON.stringify([...shown, attributesKey(line.attributes)]);
    const group = groups.get(key) ?? { line, costPicos: 0n };
    groups.set(key, { line, costPicos: group.costPicos + line.costPicos });
  }
  return [...groups.values()];
}
