import { basename } from 'node:path';
import type { ChargeFact, FactBatch } from '../../domain/facts/facts.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import { openTable } from '../../files/read-table.ts';
import type { Table } from '../../files/table.ts';
import { InputFailure } from '../../ports/failures.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { NUMBER_STYLES, type NumberStyle, toPlainDecimal } from './bill-decimal.ts';
import { DATE_ORDERS, type DateOrder } from './bill-instant.ts';
import { BillTotals } from './bill-totals.ts';
import { BillWarnings } from './bill-warnings.ts';
import { type BoundColumns, bindColumns, hasColumn, readCell } from './bind-columns.ts';
import { parseRate } from './convert-money.ts';
import { FOCUS_COLUMNS } from './focus-columns.ts';
import { createGpuPurchaseReader } from './gpu-purchase.ts';
import { createChargeReader, isProblem, readProvider } from './read-charge.ts';
import { EffectiveCostSurvey } from './survey-effective-cost.ts';
import { cacheByText, ownCopy } from './text-cache.ts';

const BATCH_CHARGES = 2_000;

/**
 * Reads bills in FOCUS 1.0 to 1.3 (and 1.0-preview) from CSV, JSON or Parquet, plain or gzipped: one `ChargeFact` a row.
 *
 * A file is read twice, once to see whether each provider's EffectiveCost can be trusted, once for the charges, so that memory
 * stays flat. Rows that cannot be used are listed with line and column.
 * @throws InputFailure (from the batches) when the file as a whole is not a FOCUS bill, or a `--set` or rate is not understood
 */
export function createFocusSource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return {
    kind: 'focus',
    summary: 'cloud bills in FOCUS 1.0 to 1.3, from AWS, Azure, Google Cloud, OCI and others',
    columns: FOCUS_COLUMNS,
    read: (path, options) => readBill(path, options, catalog),
  };
}

function readBill(path: string, options: FileReadOptions, catalog: HardwareCatalog): FactReading {
  const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
  return { batches: readBatches(path, options, catalog, summary), summary };
}

async function* readBatches(
  path: string,
  options: FileReadOptions,
  catalog: HardwareCatalog,
  summary: ReadSummary,
): AsyncGenerator<FactBatch> {
  const file = basename(path);
  const rules = readRules(file, options);
  const table = await openTable(path, { fields: options.fields, signal: options.signal });
  const warnings = new BillWarnings();
  const bound = bindColumns(file, table.columns, options, warnings);
  warnings.keep();
  const survey = await surveyBill(table, bound, rules.numbers);
  const readCharge = createChargeReader({
    file,
    bound,
    warnings,
    ...rules,
    currency: options.currency,
    nowMs: options.nowMs,
    verdictOn: (provider) => survey.verdict(provider),
    readGpuPurchase: createGpuPurchaseReader(catalog),
  });

  const totals = new BillTotals();
  let charges: ChargeFact[] = [];
  for await (const row of table.rows) {
    summary.rowsRead += 1;
    if (row.kind === 'broken') {
      const where = `${file}:${row.line}`;
      summary.rejects.push({ where, code: 'broken-row', message: ownCopy(row.message) });
      continue;
    }
    const read = readCharge(row);
    if (isProblem(read)) {
      const { column, code, message } = read;
      summary.rejects.push({ where: `${file}:${row.line}:${bound.spelling[column]}`, code, message });
      continue;
    }
    totals.add(read);
    charges.push(read);
    if (charges.length < BATCH_CHARGES) continue;
    yield { charges };
    charges = [];
  }
  if (charges.length > 0) yield { charges };

  for (const [provider, count] of totals.chargesByProvider()) {
    const warning = survey.warning(provider, count);
    if (warning) warnings.add(warning);
  }
  summary.warnings.push(...warnings.toArray());
  Object.assign(summary.totals, totals.toRecord());
}

type ReadingRules = Readonly<{
  numbers: NumberStyle;
  dates: DateOrder;
  datesAreStated: boolean;
  rates: ReadonlyMap<string, bigint>;
}>;

function readRules(file: string, { set, rates }: FileReadOptions): ReadingRules {
  return {
    numbers: oneOf(file, 'numbers', set['numbers'] ?? 'plain', NUMBER_STYLES),
    dates: oneOf(file, 'dates', set['dates'] ?? 'month-first', DATE_ORDERS),
    datesAreStated: set['dates'] !== undefined,
    rates: new Map(
      Object.entries(rates).map(([code, text]) => [code.toUpperCase(), toRate(file, code, text)]),
    ),
  };
}

function oneOf<Choice extends string>(
  file: string,
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  throw new InputFailure(
    'format-unknown',
    `${file}: --set ${name}=${text} is not a way to read ${name}`,
    `use one of ${choices.join(', ')}`,
  );
}

function toRate(file: string, code: string, text: string): bigint {
  const rate = parseRate(text);
  if (rate !== undefined) return rate;
  throw new InputFailure(
    'currency-unknown',
    `${file}: the rate ${code}: ${text} is not a positive decimal with at most twelve places`,
    'correct `rates:` in tare.yaml',
  );
}

/** The first pass. Rows that the second one will reject are passed over. */
async function surveyBill(
  table: Table,
  bound: BoundColumns,
  numbers: NumberStyle,
): Promise<EffectiveCostSurvey> {
  const survey = new EffectiveCostSurvey();
  if (!hasColumn(bound, 'EffectiveCost')) return survey;

  const picosOf = cacheByText((text) => parsePicos(toPlainDecimal(text, numbers) ?? '')?.picos);
  const ownName = cacheByText((name) => name);
  for await (const row of table.rows) {
    if (row.kind === 'broken') continue;
    const { cells } = row;
    const billedPicos = picosOf(readCell(cells, bound, 'BilledCost') ?? '');
    if (billedPicos === undefined || billedPicos === 0n) continue;
    survey.look({
      provider: ownName(readProvider(cells, bound) ?? 'unknown'),
      chargeCategory: readCell(cells, bound, 'ChargeCategory'),
      hasCommitment: readCell(cells, bound, 'CommitmentDiscountId') !== null,
      billedPicos,
      effectivePicos: picosOf(readCell(cells, bound, 'EffectiveCost') ?? '') ?? null,
    });
  }
  return survey;
}
