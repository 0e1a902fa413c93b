import type { FactBatch, RequestFact, ScoreFact } from '../../domain/facts/facts.ts';
import { CallTally } from '../../domain/inference/call-tally.ts';
import { priceModelCall } from '../../domain/inference/model-call.ts';
import { TOKEN_CONVENTIONS, type TokenConvention } from '../../domain/inference/token-convention.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { fileSource } from '../../files/file-source.ts';
import { openTable } from '../../files/read-table.ts';
import { InputFailure } from '../../ports/failures.ts';
import type { LoadModelPrices, ModelPriceBook } from '../../ports/model-price-book.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { COST_CURRENCY, type Observation, type ReadOptions, readObservation } from './read-observation.ts';

const BATCH_FACTS = 5_000;
const STATED_BY = 'cost of Langfuse';

const COLUMNS = [
  {
    name: 'tokenConvention',
    isRequired: false,
    meaning: `with --set, whether \`input\` holds the cached tokens: ${TOKEN_CONVENTIONS.join(' or ')}; only needed where the totals of the usage details contradict both`,
  },
] as const;

/** Observations and scores exported from Langfuse: JSON, JSON lines, CSV, Parquet, in the spelling of its API or of its exports. */
export function createLangfuseFileSource({
  loadModelPrices,
}: Readonly<{ loadModelPrices: LoadModelPrices }>): FileSource {
  return fileSource(
    { kind: 'langfuse', summary: 'observations and scores exported from Langfuse', columns: COLUMNS },
    (path, options, summary) => readExport(path, options, summary, loadModelPrices),
  );
}

type Sums = { scores: number; noCall: number; noNumber: number };

async function* readExport(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  loadPrices: LoadModelPrices,
): AsyncGenerator<FactBatch> {
  const table = await openTable(path, options);
  const columns = columnsOf(table.columns, options.map);
  if (!columns.has('id')) throw noExport(path, table.columns);
  const prices = await loadPrices();
  const readOptions: ReadOptions = {
    convention: conventionOf(path, options.set),
    dollarRate: exchangeRate(COST_CURRENCY, options.currency, options.rates),
  };
  const tally = new CallTally();
  const sums: Sums = { scores: 0, noCall: 0, noNumber: 0 };
  let requests: RequestFact[] = [];
  let scores: ScoreFact[] = [];
  for await (const row of table.rows) {
    summary.rowsRead += 1;
    if (row.kind === 'broken') {
      summary.rejects.push({ where: `${path}:${row.line}`, code: 'broken-row', message: row.message });
      continue;
    }
    const read = readObservation(cellsOf(columns, row.cells), readOptions);
    if (read.kind === 'problem') {
      const where = `${path}:${row.line}:${spelling(table.columns, columns, read.column)}`;
      summary.rejects.push({ where, code: read.code, message: read.message });
    } else if (read.kind === 'no-call') sums.noCall += 1;
    else if (read.kind === 'no-number') sums.noNumber += 1;
    else if (read.kind === 'score') scores.push(read.score);
    else {
      const priced = price(read.call, prices, options.currency);
      tally.add(priced);
      requests.push(priced.fact);
      scores.push(...read.scores);
    }
    if (requests.length + scores.length < BATCH_FACTS) continue;
    sums.scores += scores.length;
    yield { requests, scores };
    requests = [];
    scores = [];
  }
  sums.scores += scores.length;
  yield { requests, scores };
  summarise(summary, tally, sums);
}

function price(call: Parameters<typeof priceModelCall>[0], prices: ModelPriceBook, currency: string) {
  return priceModelCall(
    call,
    (asked, inCurrency) => prices.price(asked, inCurrency),
    currency,
    'stated-first',
    STATED_BY,
  );
}

/** Our spelling without case and underscores → position. */
function columnsOf(
  theirs: readonly string[],
  map: Readonly<Record<string, string>>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, name] of theirs.entries()) {
    const plain = plainName(name);
    if (!found.has(plain)) found.set(plain, index);
  }
  for (const [ours, name] of Object.entries(map)) {
    const index = theirs.indexOf(name);
    if (index >= 0) found.set(plainName(ours), index);
  }
  return found;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function cellsOf(columns: ReadonlyMap<string, number>, cells: readonly (string | null)[]): Observation {
  return (column) => {
    const index = columns.get(column);
    const cell = index === undefined ? null : cells[index]?.trim();
    return cell === undefined || cell === null || cell === '' || cell === 'null' ? null : cell;
  };
}

function spelling(theirs: readonly string[], columns: ReadonlyMap<string, number>, column: string): string {
  const index = columns.get(column);
  return index === undefined ? column : theirs[index]!;
}

function conventionOf(path: string, set: Readonly<Record<string, string>>): TokenConvention | null {
  const stated = set['tokenConvention'];
  const convention = TOKEN_CONVENTIONS.find((candidate) => candidate === stated);
  if (stated === undefined || convention) return convention ?? null;
  throw new InputFailure(
    'columns-missing',
    `${path}: --set tokenConvention=${stated} is no convention`,
    `write ${TOKEN_CONVENTIONS.join(' or ')}`,
  );
}

function noExport(path: string, columns: readonly string[]): InputFailure {
  return new InputFailure(
    'columns-missing',
    `${path}: there is no column \`id\`; the file has: ${columns.slice(0, 40).join(', ')}`,
    'export observations or scores from Langfuse (their API, the table in the UI, or blob storage), and import that file',
  );
}

function summarise(summary: ReadSummary, tally: CallTally, { scores, noCall, noNumber }: Sums): void {
  summary.totals = { ...tally.totals(), scores, otherObservations: noCall };
  summary.warnings.push(...tally.warnings());
  if (noNumber === 0) return;
  const message =
    'scores are words without a number, and no mean can be taken of them; score with numbers or booleans';
  summary.warnings.push({ code: 'score-without-number', message, count: noNumber });
}
