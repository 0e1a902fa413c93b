import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { formatPicos, PICOS_PER_UNIT, type Picos } from '../../domain/money/picos.ts';
import { chooseRates } from '../../domain/pricing/choose-rates.ts';
import {
  costOfOwnership,
  HOURS_PER_YEAR,
  type OwnedMachine,
} from '../../domain/pricing/cost-of-ownership.ts';
import type { PriceKey, Rate } from '../../domain/pricing/price.ts';
import { type EpochMs, HOUR_MS } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { OwnershipEntry } from './ownership-entry.ts';

/**
 * What owned machines cost (`costOfOwnership`), for the lifecycle `owned` only. The first entry that matches wins, instant by instant.
 * From the end of its life a machine costs the same less its depreciation.
 */
export function createOwnershipPriceBook(
  entries: readonly OwnershipEntry[],
  catalog: HardwareCatalog,
  exchangeRates: Readonly<Record<string, string>> = {},
): PriceBook {
  return {
    name: 'cost of ownership',
    rates: (key, window, currency) => {
      if (key.lifecycle !== 'owned') return [];
      const matching = entries.filter((entry) => matches(entry, key, catalog));
      return chooseRates(
        matching.map((entry) => ratesOf(entry, { key, currency, catalog, exchangeRates })),
        window,
      );
    },
  };
}

function matches({ match }: OwnershipEntry, key: PriceKey, catalog: HardwareCatalog): boolean {
  const modelOf = (spelled: string) => catalog.gpuModel(spelled) ?? spelled;
  return (
    (match.gpuModel === null || modelOf(match.gpuModel) === modelOf(key.gpuModel)) &&
    (match.node === null || (key.node !== null && fitsGlob(key.node, match.node))) &&
    (match.pool === null || match.pool === key.pool)
  );
}

/** `*` stands for any run of characters, `?` for one. */
function fitsGlob(text: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(text);
}

type Asked = Readonly<{
  key: PriceKey;
  currency: string;
  catalog: HardwareCatalog;
  exchangeRates: Readonly<Record<string, string>>;
}>;

function ratesOf(entry: OwnershipEntry, asked: Asked): readonly Rate[] {
  const machine = machineOf(entry, asked);
  const exchangeRatePicos = exchangeRate(
    entry.currency ?? asked.currency,
    asked.currency,
    asked.exchangeRates,
  );
  if (machine === undefined || exchangeRatePicos === undefined) return [];
  const lifeEndMs = endOfLife(entry);
  const rate = (fromMs: EpochMs, toMs: EpochMs | null, isPaidOff: boolean): Rate => ({
    fromMs,
    toMs,
    perGpuHourPicos: costOfOwnership(machine, { isPaidOff, exchangeRatePicos }),
    source: 'ownership',
    priceDate: entry.fromDay,
    reference: describe(entry, machine, isPaidOff),
  });
  return [
    rate(entry.fromMs, Math.min(lifeEndMs, entry.toMs ?? lifeEndMs), false),
    rate(lifeEndMs, entry.toMs, true),
  ].filter(({ fromMs, toMs }) => toMs === null || fromMs < toMs);
}

/** Nobody's power is zero: where neither the entry nor the catalogue knows it, there is no price. */
function machineOf(entry: OwnershipEntry, { key, catalog }: Asked): OwnedMachine | undefined {
  const { match: _match, currency: _currency, fromMs: _from, toMs: _to, fromDay: _day, ...machine } = entry;
  const powerWattsPicos = entry.powerWattsPicos ?? boardPower(entry.gpus, key, catalog);
  return powerWattsPicos === undefined ? undefined : { ...machine, powerWattsPicos };
}

function boardPower(gpus: number, key: PriceKey, catalog: HardwareCatalog): Picos | undefined {
  const watts = catalog.gpu(catalog.gpuModel(key.gpuModel) ?? key.gpuModel)?.powerWatts;
  return watts === undefined
    ? undefined
    : (BigInt(Math.round(watts * gpus * 1_000)) * PICOS_PER_UNIT) / 1_000n;
}

function endOfLife({ fromMs, yearsPicos }: OwnershipEntry): EpochMs {
  return fromMs + Number((yearsPicos * HOURS_PER_YEAR * BigInt(HOUR_MS)) / PICOS_PER_UNIT);
}

/** The formula with its figures, for `tare explain`. */
function describe(entry: OwnershipEntry, machine: OwnedMachine, isPaidOff: boolean): string {
  const boards = entry.powerWattsPicos === null ? ' (boards only)' : '';
  const parts = [
    isPaidOff
      ? 'paid off'
      : `(${formatPicos(machine.capitalPicos)} − ${formatPicos(machine.residualPicos)}) over ${plain(machine.yearsPicos)} years from ${entry.fromDay}`,
    `${plain(machine.powerWattsPicos)} W${boards} × ${plain(machine.averageDrawPicos)} × PUE ${plain(machine.puePicos)} × ${plain(machine.tariffPicos)} per kWh`,
    `${formatPicos(machine.colocationPerMonthPicos + machine.otherPerMonthPicos)} a month`,
    `${formatPicos(machine.supportPerYearPicos)} a year`,
  ];
  return `cost of ownership: (${parts.join(' + ')}) ÷ ${machine.gpus} GPUs`;
}

/** `1.3` rather than `1.30`: these are no amounts. */
function plain(scaled: Picos): string {
  return formatPicos(scaled).replace(/\.?0+$/, '');
}
