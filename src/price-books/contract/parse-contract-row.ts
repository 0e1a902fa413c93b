import { LIFECYCLES, type Lifecycle } from '../../domain/facts/facts.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { providerName, regionName } from '../../domain/pricing/provider-name.ts';
import { type EpochMs, formatDay, parseInstant } from '../../domain/time/window.ts';
import { type Fraction, fractionOf } from '../../domain/units/fraction.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { Reject } from '../../ports/source.ts';
import type { ContractColumn, ContractPrice, ContractRow, ContractTerms } from './contract-price.ts';

export type ParsedContractRow =
  | Readonly<{ kind: 'price'; price: ContractPrice }>
  | Readonly<{ kind: 'reject'; reject: Reject }>;

/** Checks one row of a contract. The catalogue says how many GPUs a machine has and what a GPU is called. */
export function parseContractRow(
  row: ContractRow,
  where: string,
  catalog: HardwareCatalog,
): ParsedContractRow {
  try {
    return { kind: 'price', price: parseRow(new Cells(row), where, catalog) };
  } catch (error) {
    if (!(error instanceof BadCell)) throw error;
    return {
      kind: 'reject',
      reject: { where: `${where}:${error.column}`, code: 'bad-contract-price', message: error.message },
    };
  }
}

function parseRow(cells: Cells, where: string, catalog: HardwareCatalog): ContractPrice {
  const instanceType = cells.text('instanceType');
  const gpuModel = cells.text('gpuModel');
  const fromMs = cells.instant('from');
  const toMs = cells.text('to') === null ? null : cells.instant('to');
  if (toMs !== null && toMs <= fromMs)
    throw new BadCell('to', 'ends before it begins; expected a day after `from`');
  return {
    provider: mapText(cells.text('provider'), providerName),
    region: mapText(cells.text('region'), regionName),
    instanceType: mapText(instanceType, (text) => text.toLowerCase()),
    gpuModel: mapText(gpuModel, (text) => catalog.gpuModel(text) ?? text),
    lifecycle: cells.lifecycle(),
    terms: parseTerms(cells, catalog),
    fromMs,
    toMs,
    fromDay: formatDay(fromMs),
    where,
  };
}

function parseTerms(cells: Cells, catalog: HardwareCatalog): ContractTerms {
  const price = cells.text('price');
  const discount = cells.text('discount');
  if (price !== null && discount !== null)
    throw new BadCell('discount', 'stands beside a price; keep one of the two');
  if (price !== null) return parsePrice(price, cells, catalog);
  if (discount !== null) return { kind: 'discount', fractionPicos: cells.discount(discount), text: discount };
  throw new BadCell('price', 'is blank, and so is `discount`; give one of the two');
}

function parsePrice(text: string, cells: Cells, catalog: HardwareCatalog): ContractTerms {
  const unit = cells.text('unit');
  if (unit !== 'gpu-hour' && unit !== 'instance-hour') {
    throw new BadCell('unit', `\`${unit ?? ''}\` is no unit; write gpu-hour or instance-hour`);
  }
  return {
    kind: 'price',
    amountPicos: cells.amount('price', text),
    text,
    unit,
    gpus: unit === 'gpu-hour' ? fractionOf(1)! : gpusOfMachine(cells, catalog),
    currency: cells.currency(),
  };
}

function gpusOfMachine(cells: Cells, catalog: HardwareCatalog): Fraction {
  const instanceType = cells.text('instanceType');
  if (instanceType === null)
    throw new BadCell('instanceType', 'is blank, but the price is per instance-hour; name the machine');
  const stated = cells.text('gpus');
  const gpus = fractionOf(stated === null ? (catalog.instance(instanceType)?.gpuCount ?? 0) : Number(stated));
  if (gpus) return gpus;
  throw stated === null
    ? new BadCell(
        'instanceType',
        `the catalogue does not know ${instanceType}; say in \`gpus\` how many GPUs it has`,
      )
    : new BadCell('gpus', `\`${stated}\` is no number of GPUs; write one above zero, such as 8 or 0.5`);
}

class BadCell extends Error {
  readonly column: ContractColumn;
  constructor(column: ContractColumn, message: string) {
    super(message);
    this.column = column;
  }
}

class Cells {
  readonly #row: ContractRow;

  constructor(row: ContractRow) {
    this.#row = row;
  }

  text(column: ContractColumn): string | null {
    const text = this.#row[column]?.trim() ?? '';
    return text === '' ? null : text;
  }

  instant(column: 'from' | 'to'): EpochMs {
    const text = this.text(column);
    const at = text === null ? undefined : parseInstant(text);
    if (at !== undefined) return at;
    throw new BadCell(column, `\`${text ?? ''}\` is no day or instant; write one such as 2026-01-01`);
  }

  lifecycle(): Lifecycle | null {
    const text = this.text('lifecycle');
    if (text === null) return null;
    const lifecycle = LIFECYCLES.find((known) => known === text.toLowerCase().replace('-', '_'));
    if (lifecycle) return lifecycle;
    throw new BadCell(
      'lifecycle',
      `\`${text}\` is no lifecycle; write ${LIFECYCLES.join(', ')} or leave it blank`,
    );
  }

  currency(): string | null {
    const text = this.text('currency');
    if (text === null || /^[A-Z]{3}$/.test(text)) return text;
    throw new BadCell('currency', `\`${text}\` is no currency code; write three capitals such as USD`);
  }

  amount(column: ContractColumn, text: string): Picos {
    const parsed = parsePicos(text);
    if (parsed && !parsed.isRounded && parsed.picos >= 0n) return parsed.picos;
    throw new BadCell(
      column,
      `\`${text}\` is no price; write digits and a point, without sign, currency or separator, such as 2.15`,
    );
  }

  discount(text: string): Picos {
    const parsed = parsePicos(text);
    if (parsed && !parsed.isRounded && parsed.picos > 0n && parsed.picos <= PICOS_PER_UNIT)
      return parsed.picos;
    throw new BadCell(
      'discount',
      `\`${text}\` is no discount; write a fraction above 0 and up to 1: 0.15 for 15 %`,
    );
  }
}

function mapText(text: string | null, change: (text: string) => string): string | null {
  return text === null ? null : change(text);
}
