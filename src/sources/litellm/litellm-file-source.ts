import type { FactBatch, RequestFact } from '../../domain/facts/facts.ts';
import { CallTally } from '../../domain/inference/call-tally.ts';
import { priceModelCall } from '../../domain/inference/model-call.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { lookUpColumns } from '../../files/column-lookup.ts';
import { fileSource } from '../../files/file-source.ts';
import { openTable } from '../../files/read-table.ts';
import type { LoadModelPrices } from '../../ports/model-price-book.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readSpendLog, SPEND_CURRENCY, type SpendLog } from './read-spend-log.ts';

const BATCH_FACTS = 5_000;

/** As they stand in LiteLLM's table; of the others nothing is read. */
const COLUMNS = [
  { name: 'request_id', isRequired: true, meaning: 'id of the call' },
  { name: 'startTime', isRequired: true, meaning: 'when it began' },
  ...[
    'endTime',
    'completionStartTime',
    'request_duration_ms',
    'call_type',
    'model',
    'model_group',
    'custom_llm_provider',
    'api_base',
    'spend',
    'prompt_tokens',
    'completion_tokens',
    'metadata',
    'request_tags',
    'cache_hit',
    'status',
    'user',
    'end_user',
    'team_id',
    'organization_id',
    'session_id',
    'agent_id',
  ].map((name) => ({ name, isRequired: false, meaning: `LiteLLM's ${name}` })),
];

export const STATED_BY = 'spend of LiteLLM';

/** Spend logs of a LiteLLM proxy, exported from its table or its API: CSV, JSON, Parquet. */
export function createLitellmFileSource({
  loadModelPrices,
}: Readonly<{ loadModelPrices: LoadModelPrices }>): FileSource {
  return fileSource(
    {
      kind: 'litellm',
      summary: 'spend logs of a LiteLLM proxy (LiteLLM_SpendLogs), exported from its table or API',
      columns: [],
    },
    (path, options, summary) => readLogs(path, options, summary, loadModelPrices),
  );
}

async function* readLogs(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  loadPrices: LoadModelPrices,
): AsyncGenerator<FactBatch> {
  const table = await openTable(path, options);
  const columns = lookUpColumns(path, table.columns, COLUMNS, options);
  const readers = new Map(COLUMNS.map(({ name }) => [name, columns.reader(name)]));
  const prices = await loadPrices();
  const dollarRate = exchangeRate(SPEND_CURRENCY, options.currency, options.rates);
  const tally = new CallTally();
  let requests: RequestFact[] = [];
  for await (const row of table.rows) {
    summary.rowsRead += 1;
    if (row.kind === 'broken') {
      summary.rejects.push({ where: `${path}:${row.line}`, code: 'broken-row', message: row.message });
      continue;
    }
    const log: SpendLog = (column) => readers.get(column)?.(row.cells) ?? null;
    const read = readSpendLog(log, dollarRate);
    if ('problem' in read) {
      const { column, code, message } = read.problem;
      summary.rejects.push({ where: `${path}:${row.line}:${columns.spelling(column)}`, code, message });
      continue;
    }
    const priced = priceModelCall(
      read.call,
      (call, currency) => prices.price(call, currency),
      options.currency,
      'stated-first',
      STATED_BY,
    );
    tally.add(priced);
    requests.push(priced.fact);
    if (requests.length < BATCH_FACTS) continue;
    yield { requests };
    requests = [];
  }
  yield { requests };
  summary.totals = tally.totals();
  summary.warnings.push(...tally.warnings());
}
