import { groupBy } from '../domain/collections/group-by.ts';
import type { HeldCommitment, HeldSlot } from '../domain/commitments/held-commitment.ts';
import { coverKey, type EligibleHour } from '../domain/commitments/use-declared.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { divideHalfEven } from '../domain/money/divide-half-even.ts';
import { formatPicos, parsePicos, roundPicos } from '../domain/money/picos.ts';
import { providerName } from '../domain/pricing/provider-name.ts';
import {
  DAY_MS,
  type EpochMs,
  formatDay,
  formatInstant,
  HOUR_MS,
  type TimeWindow,
} from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import type { Clock } from '../ports/clock.ts';
import { type HeldCommitments, type HeldParts, readHeld } from './commitments/read-held.ts';
import { compareText } from './figures/compare-text.ts';
import type { Market } from './plan/priced-evidence.ts';
import type { CommitmentReport, CommitmentSpan, CommitmentUse, HeldFigures } from './results/commitments.ts';

export type CommitmentReportParts = Omit<HeldParts, 'hardware'> & Readonly<{ clock: Clock; market?: Market }>;

/** So close to its end a commitment is worth a word. */
const SOON_DAYS = 60;
const HOURS_PER_MONTH = 730n;

/** What is held: use, coverage and unused cost by day and month, and when each ends. */
export async function reportCommitments(
  { clock, market, ...parts }: CommitmentReportParts,
  window: TimeWindow,
): Promise<CommitmentReport> {
  const held = await readHeld({ ...parts, hardware: market?.hardware ?? null }, window);
  const { currency } = parts.settings;
  const nowMs = clock.nowMs();
  const rows = held.commitments
    .map((one) => figuresOf(one, hoursIn(one, held.slotMs, window), nowMs))
    .sort(endsFirst);
  const days = spansOf(held, formatDay);
  const total = { ...useOf(held.commitments.flatMap(slotsKnown)), ...coverageOf(held.eligible, held) };
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    sentence: sentenceOf(rows, total, currency),
    rows,
    total,
    coverage: coverageByMarket(held),
    days,
    months: spansOf(held, (at) => formatDay(at).slice(0, 7)),
  };
}

/** A slot with whether anybody says what of it was used. */
type KnownSlot = HeldSlot & Readonly<{ isUseKnown: boolean }>;

function slotsKnown({ slots, isUseKnown }: HeldCommitment): KnownSlot[] {
  return slots.map((slot) => ({ ...slot, isUseKnown }));
}

function useOf(slots: readonly KnownSlot[]): CommitmentUse {
  const sumOf = (of: readonly KnownSlot[], pick: (slot: HeldSlot) => bigint) =>
    of.reduce((sum, slot) => sum + pick(slot), 0n);
  const bought = sumOf(slots, ({ boughtPicos }) => boughtPicos);
  const known = slots.filter(({ isUseKnown }) => isUseKnown);
  const knownBought = sumOf(known, ({ boughtPicos }) => boughtPicos);
  const used = sumOf(known, ({ usedPicos }) => usedPicos);
  const isKnown = known.length > 0;
  return {
    boughtCost: formatPicos(bought),
    usedCost: isKnown ? formatPicos(used) : null,
    unusedCost: isKnown ? formatPicos(knownBought - used) : null,
    utilisationPercent: isKnown ? percentOf(used, knownBought) : null,
  };
}

function percentOf(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number((part * 100_000_000n) / whole) / 1_000_000;
}

/** Hours of the window in which it was held. */
function hoursIn({ slots }: HeldCommitment, slotMs: number, { fromMs, toMs }: TimeWindow): number {
  const heldMs = slots.reduce(
    (sum, slot) => sum + Math.min(slot.slotMs + slotMs, toMs) - Math.max(slot.slotMs, fromMs),
    0,
  );
  return heldMs / HOUR_MS;
}

function figuresOf(one: HeldCommitment, hours: number, nowMs: EpochMs): HeldFigures {
  const known = slotsKnown(one);
  const use = useOf(known);
  const bought = one.slots.map(({ boughtTicks }) => boughtTicks);
  const models = new Set(one.slots.flatMap(({ usedTicks }) => [...usedTicks.keys()]));
  const usedTicks = one.slots.reduce(
    (sum, slot) => [...slot.usedTicks.values()].reduce((of, ticks) => of + ticks, sum),
    0n,
  );
  return {
    ...use,
    id: one.id,
    name: one.name,
    provider: one.provider,
    region: one.region,
    pool: one.pool,
    source: one.source,
    kind: one.kind,
    type: one.type,
    gpuModels: [...new Set([...(one.gpuModel === null ? [] : [one.gpuModel]), ...models])].sort(compareText),
    gpus: one.gpus,
    boughtGpuHours:
      bought.length === 0 || bought.includes(null)
        ? null
        : ticksToHours(bought.reduce<bigint>((sum, ticks) => sum + ticks!, 0n)),
    usedGpuHours: ticksToHours(usedTicks),
    quantity: one.quantity && {
      used: formatPicos(one.quantity.usedPicos),
      unused: formatPicos(one.quantity.unusedPicos),
      unit: one.quantity.unit,
    },
    start: one.fromMs === null ? null : formatInstant(one.fromMs),
    end: one.toMs === null ? null : formatInstant(one.toMs),
    daysLeft: one.toMs === null ? null : Math.max(0, Math.ceil((one.toMs - nowMs) / DAY_MS)),
    state: stateOf(one, nowMs),
    unusedPerMonth: perMonth(one, hours),
  };
}

function stateOf({ fromMs, toMs }: HeldCommitment, nowMs: EpochMs): HeldFigures['state'] {
  if (fromMs !== null && fromMs > nowMs) return 'ahead';
  if (toMs === null) return 'no_end_known';
  if (toMs <= nowMs) return 'ended';
  return toMs - nowMs <= SOON_DAYS * DAY_MS ? 'ends_soon' : 'running';
}

function perMonth({ slots, isUseKnown }: HeldCommitment, hours: number): string | null {
  if (!isUseKnown || hours === 0) return null;
  const unused = slots.reduce((sum, { boughtPicos, usedPicos }) => sum + boughtPicos - usedPicos, 0n);
  return formatPicos(roundPicos(divideHalfEven(unused * HOURS_PER_MONTH, BigInt(hours)), 2));
}

function endsFirst(a: HeldFigures, b: HeldFigures): number {
  return compareText(a.end ?? '~', b.end ?? '~') || compareText(a.id, b.id);
}

function spansOf(held: HeldCommitments, nameOf: (at: EpochMs) => string): CommitmentSpan[] {
  const eligible = groupBy(held.eligible, ({ hourMs }) => nameOf(hourMs));
  const slots = groupBy(held.commitments.flatMap(slotsKnown), ({ slotMs }) => nameOf(slotMs));
  return [...new Set([...eligible.keys(), ...slots.keys()])].sort(compareText).map((day) => ({
    day,
    ...useOf(slots.get(day) ?? []),
    ...coverageOf(eligible.get(day) ?? [], held),
  }));
}

/** Hours that are paid as committed, and hours on demand that a declared commitment covers. */
function coverageOf(hours: readonly EligibleHour[], { covered }: HeldCommitments) {
  const all = hours.reduce((sum, { ticks }) => sum + ticks, 0n);
  const paid = hours.reduce((sum, hour) => sum + (hour.lifecycle === 'committed' ? hour.ticks : 0n), 0n);
  const keys = new Set(hours.map(({ hourMs, provider, gpuModel }) => coverKey(hourMs, provider, gpuModel)));
  const committed = [...keys].reduce((sum, key) => sum + (covered.get(key) ?? 0n), paid);
  return {
    eligibleGpuHours: ticksToHours(all),
    committedGpuHours: ticksToHours(committed),
    coveragePercent: percentOf(committed, all),
  };
}

function coverageByMarket(held: HeldCommitments): CommitmentReport['coverage'] {
  const markets = groupBy(held.eligible, ({ provider, gpuModel }) =>
    JSON.stringify([providerName(provider), gpuModel]),
  );
  return [...markets.values()]
    .map((hours) => ({
      provider: hours[0]!.provider,
      gpuModel: hours[0]!.gpuModel,
      ...coverageOf(hours, held),
    }))
    .sort((a, b) => b.eligibleGpuHours - a.eligibleGpuHours || compareText(a.gpuModel, b.gpuModel));
}

function sentenceOf(
  rows: readonly HeldFigures[],
  { utilisationPercent, coveragePercent, unusedCost }: CommitmentReport['total'],
  currency: string,
): string {
  if (rows.length === 0) return 'No commitment is known: neither a bill nor the configuration names one.';
  const soon = rows.filter(({ state }) => state === 'ends_soon');
  const [first] = soon;
  return [
    `${rows.length === 1 ? 'One commitment is' : `${rows.length} commitments are`} known`,
    utilisationPercent === null ? '' : `, ${utilisationPercent.toFixed(1)} % used`,
    unusedCost === null ? '' : ` (${displayMoney(parsePicos(unusedCost)!.picos, currency)} unused)`,
    coveragePercent === null
      ? ''
      : `; ${rows.length === 1 ? 'it covers' : 'they cover'} ${coveragePercent.toFixed(1)} % of the GPU-hours that could be`,
    first === undefined
      ? '.'
      : `. ${first.name} ends on ${first.end!.slice(0, 10)}${soon.length > 1 ? `, and ${soon.length - 1} more within ${SOON_DAYS} days` : ''}.`,
  ].join('');
}
