import type { FactBatch, RevenueFact } from '../../domain/facts/facts.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { fileSource } from '../../files/file-source.ts';
import { openRows, readRows } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';

const COLUMNS = [
  { name: 'endpoint', isRequired: true, meaning: 'name of the endpoint, as the inference report has it' },
  { name: 'model', isRequired: false, meaning: 'the one model that it holds for; blank for any' },
  {
    name: 'per1kRequests',
    isRequired: true,
    meaning: 'what 1,000 requests earn, a decimal with a point; may be negative',
  },
  {
    name: 'currency',
    isRequired: false,
    meaning: 'three letters; the currency of the ledger when blank, others need a rate in tare.yaml',
  },
  { name: 'from', isRequired: false, meaning: 'since when: ISO 8601; since ever when blank' },
] as const;

/** What endpoints earn, in a table: one row for each endpoint, model and start. */
export function createRevenueSource(): FileSource {
  return fileSource(
    {
      kind: 'revenue',
      summary: 'what 1,000 requests of an endpoint earn, from a date on: a table',
      columns: COLUMNS,
    },
    readRevenue,
  );
}

async function* readRevenue(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const revenues: RevenueFact[] = [];
  for await (const revenue of readRows(rows, summary, (reader) => readRow(reader, options)))
    revenues.push(revenue);
  yield { revenues };
  summary.totals['revenues'] = revenues.length;
  summary.totals['endpoints'] = new Set(revenues.map(({ endpoint }) => endpoint)).size;
}

function readRow(reader: RowReader, options: FileReadOptions): RevenueFact {
  return {
    endpoint: reader.required('endpoint', reader.text('endpoint'), ''),
    model: reader.text('model'),
    fromMs: reader.end('from') ?? 0,
    per1kRequestsPicos: readAmount(reader, options),
  };
}

function readAmount(reader: RowReader, { currency, rates }: FileReadOptions): Picos {
  const text = reader.required('per1kRequests', reader.text('per1kRequests'), '0');
  const amount = parsePicos(text);
  if (amount === undefined) {
    reader.fail(
      'per1kRequests',
      'bad-number',
      `\`${text}\` is not an amount; expected a decimal such as 0.90`,
    );
    return 0n;
  }
  const own = reader.text('currency')?.toUpperCase() ?? currency;
  const rate = exchangeRate(own, currency, rates);
  if (rate === undefined) {
    reader.fail(
      'currency',
      'unknown-currency',
      `\`${own}\` has no stated rate into ${currency}; add it under rates: in tare.yaml`,
    );
    return 0n;
  }
  return divideHalfEven(amount.picos * rate, PICOS_PER_UNIT);
}
