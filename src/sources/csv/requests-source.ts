import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { FactBatch, RequestFact, Serving } from '../../domain/facts/facts.ts';
import { CallTally } from '../../domain/inference/call-tally.ts';
import { type ModelCall, type PricedModelCall, priceModelCall } from '../../domain/inference/model-call.ts';
import { isSelfHostingServer } from '../../domain/inference/serving-names.ts';
import { inclusiveTokens, TOKEN_CONVENTIONS } from '../../domain/inference/token-convention.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import type { CallPrice, PriceCall } from '../../domain/pricing/call-price.ts';
import { priceUsage, type UsageRate } from '../../domain/pricing/price-usage.ts';
import { fileSource } from '../../files/file-source.ts';
import { openRows, readRows } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { LoadModelPrices, ModelPriceBook } from '../../ports/model-price-book.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';

const BATCH_FACTS = 5_000;
const SERVINGS = ['self_hosted', 'api'] as const satisfies readonly Serving[];
const PRICE_COLUMNS = {
  inputPriceMtok: 'input_mtok',
  cacheReadPriceMtok: 'cache_read_mtok',
  cacheWritePriceMtok: 'cache_write_mtok',
  outputPriceMtok: 'output_mtok',
} as const;

const COLUMNS = [
  {
    name: 'start',
    isRequired: true,
    meaning:
      'when the call began: ISO 8601 (UTC without a zone), or seconds (below 1e11) or milliseconds since 1970',
  },
  { name: 'id', isRequired: false, meaning: 'id of the call; the file and line when blank' },
  {
    name: 'endpoint',
    isRequired: false,
    meaning: 'workload that answered, as the ledger has it, or the API; the provider or model when blank',
  },
  {
    name: 'serving',
    isRequired: false,
    meaning:
      'self_hosted (its cost is in the ledger) or api (it bills by the token); api when blank, unless the provider is a server such as vllm',
  },
  { name: 'model', isRequired: false, meaning: 'model that answered; `unknown` when blank' },
  { name: 'provider', isRequired: false, meaning: 'whose API it is: openai, anthropic, aws.bedrock …' },
  { name: 'operation', isRequired: false, meaning: 'chat, embeddings, rerank …' },
  { name: 'tier', isRequired: false, meaning: 'service tier: batch, flex, priority; standard when blank' },
  { name: 'duration', isRequired: false, meaning: 'how long the call took, seconds' },
  { name: 'durationMs', isRequired: false, meaning: 'the same, milliseconds' },
  { name: 'timeToFirstToken', isRequired: false, meaning: 'until the first token, seconds' },
  { name: 'timeToFirstTokenMs', isRequired: false, meaning: 'the same, milliseconds' },
  {
    name: 'status',
    isRequired: false,
    meaning: 'how it ended: ok, success or an HTTP status below 400; anything else is an error',
  },
  { name: 'error', isRequired: false, meaning: 'what went wrong; blank when nothing did' },
  { name: 'inputTokens', isRequired: false, meaning: 'tokens of the prompt' },
  {
    name: 'cachedInputTokens',
    isRequired: false,
    meaning: 'of those, or beside them (see tokenConvention), tokens read from a cache',
  },
  {
    name: 'cacheWriteTokens',
    isRequired: false,
    meaning: 'tokens written to a cache, in the same convention',
  },
  { name: 'outputTokens', isRequired: false, meaning: 'tokens of the answer, reasoning included' },
  { name: 'reasoningTokens', isRequired: false, meaning: 'of those, tokens of reasoning' },
  {
    name: 'tokenConvention',
    isRequired: false,
    meaning: `whether inputTokens hold the cached ones: ${TOKEN_CONVENTIONS.join(' or ')}; needed where any were cached`,
  },
  { name: 'cost', isRequired: false, meaning: 'what the API charged, in the currency of the ledger' },
  {
    name: 'inputPriceMtok',
    isRequired: false,
    meaning: 'price of a million input tokens, in the currency of the ledger; before published prices',
  },
  { name: 'cacheReadPriceMtok', isRequired: false, meaning: 'the same, of tokens read from a cache' },
  { name: 'cacheWritePriceMtok', isRequired: false, meaning: 'the same, of tokens written to a cache' },
  { name: 'outputPriceMtok', isRequired: false, meaning: 'the same, of output tokens' },
  { name: 'promptName', isRequired: false, meaning: 'name of the prompt' },
  { name: 'promptVersion', isRequired: false, meaning: 'its version' },
  {
    name: 'step',
    isRequired: false,
    meaning: 'step of the pipeline: retrieve, rerank, embed, generate, judge',
  },
  { name: 'agent', isRequired: false, meaning: 'agent that asked' },
  { name: 'conversation', isRequired: false, meaning: 'conversation that it belongs to' },
  { name: 'team', isRequired: false, meaning: 'owner, kept as label:team' },
  { name: 'environment', isRequired: false, meaning: 'owner, kept as label:environment' },
  { name: 'namespace', isRequired: false, meaning: 'Kubernetes namespace or the like' },
  { name: 'service', isRequired: false, meaning: 'service that made the call' },
] as const;

const OWNER_ATTRIBUTES = {
  team: 'label:team',
  environment: 'label:environment',
  namespace: 'namespace',
  service: 'service',
} as const;

const STATED_BY = 'stated in the file';

/** Calls of models in a table: one row per call, from any log or trace. */
export function createRequestsSource({
  loadModelPrices,
}: Readonly<{ loadModelPrices: LoadModelPrices }>): FileSource {
  return fileSource(
    {
      kind: 'requests',
      summary: 'calls of models: a table with start, tokens and model, from any log or trace',
      columns: COLUMNS,
    },
    (path, options, summary) => readRequests(path, options, summary, loadModelPrices),
  );
}

async function* readRequests(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  loadPrices: LoadModelPrices,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const prices = await loadPrices();
  const tally = new CallTally();
  const fileId = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 10);
  let requests: RequestFact[] = [];
  for await (const call of readRows(rows, summary, (reader) => readCall(reader, fileId))) {
    const priced = priceRow(call, prices, options.currency);
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

type RowCall = Readonly<{ call: ModelCall; rates: Readonly<Record<string, UsageRate>> }>;

function readCall(reader: RowReader, fileId: string): RowCall {
  const id = reader.text('id');
  const provider = reader.text('provider');
  const model = reader.text('model') ?? 'unknown';
  const serving = readServing(reader, provider);
  const endpoint = reader.text('endpoint') ?? provider ?? model;
  const call: ModelCall = {
    request: {
      requestId: `requests:${id ?? `${fileId}:${reader.line}`}`,
      endpoint,
      serving,
      model,
      provider,
      operation: reader.text('operation'),
      startMs: reader.required('start', reader.instant('start'), 0),
      durationMs: readMs(reader, 'durationMs', 'duration'),
      timeToFirstTokenMs: readMs(reader, 'timeToFirstTokenMs', 'timeToFirstToken'),
      error: readError(reader),
      tokens: readTokens(reader),
      labels: {
        promptName: reader.text('promptName'),
        promptVersion: reader.text('promptVersion'),
        step: reader.text('step'),
        agent: reader.text('agent'),
        conversation: reader.text('conversation'),
      },
      attributes: reader.attributes(OWNER_ATTRIBUTES, 'label'),
    },
    tier: reader.text('tier'),
    cacheWritten1h: null,
    statedPicos: readPicos(reader, 'cost'),
  };
  return { call, rates: readRates(reader) };
}

/** Whoever runs the server pays for its devices, whatever the model is called. */
function readServing(reader: RowReader, provider: string | null): Serving {
  const stated = reader.oneOf('serving', SERVINGS);
  return stated ?? (provider !== null && isSelfHostingServer(provider) ? 'self_hosted' : 'api');
}

function readMs(reader: RowReader, msColumn: string, secondsColumn: string): number | null {
  const ms = reader.amount(msColumn);
  if (ms !== null) return ms;
  const seconds = reader.amount(secondsColumn);
  return seconds === null ? null : Math.round(seconds * 1e6) / 1e3;
}

const FINE = new Set([
  'ok',
  'success',
  'successful',
  'succeeded',
  'completed',
  'complete',
  'stop',
  'unset',
  'true',
]);

function readError(reader: RowReader): string | null {
  const error = reader.text('error');
  if (error !== null && !['false', '0', 'no'].includes(error.toLowerCase())) return error;
  const status = reader.text('status');
  if (status === null || FINE.has(status.toLowerCase())) return null;
  const code = Number(status);
  return Number.isInteger(code) && (code === 0 || (code >= 100 && code < 400)) ? null : status;
}

function readTokens(reader: RowReader): RequestFact['tokens'] {
  const reported = {
    input: reader.count('inputTokens'),
    cachedInput: reader.count('cachedInputTokens'),
    cacheWrittenInput: reader.count('cacheWriteTokens'),
    output: reader.count('outputTokens'),
    reasoning: reader.count('reasoningTokens'),
  };
  const read = inclusiveTokens(reported, readConvention(reader));
  if ('tokens' in read) return read.tokens;
  const column = reported.cachedInput === null ? 'cacheWriteTokens' : 'cachedInputTokens';
  reader.fail(column, read.problem.code, read.problem.message);
  return reported;
}

function readConvention(reader: RowReader) {
  const text = reader.text('tokenConvention');
  if (text === null) return null;
  const found = TOKEN_CONVENTIONS.find((convention) => convention === text.toLowerCase());
  if (!found)
    reader.fail(
      'tokenConvention',
      'unknown-tokenConvention',
      `\`${text}\` is none of ${TOKEN_CONVENTIONS.join(', ')}`,
    );
  return found ?? null;
}

function readPicos(reader: RowReader, column: string): Picos | null {
  const text = reader.text(column);
  if (text === null) return null;
  const parsed = parsePicos(text);
  if (parsed && parsed.picos >= 0n) return parsed.picos;
  reader.fail(
    column,
    'bad-amount',
    `\`${text}\` is not an amount of money; expected a decimal such as 0.0125`,
  );
  return null;
}

function readRates(reader: RowReader): Record<string, UsageRate> {
  const rates: Record<string, UsageRate> = {};
  for (const [column, key] of Object.entries(PRICE_COLUMNS)) {
    const picos = readPicos(reader, column);
    if (picos !== null) rates[key] = { picos, tiers: [] };
  }
  return rates;
}

function priceRow({ call, rates }: RowCall, prices: ModelPriceBook, currency: string): PricedModelCall {
  const hasOwn = Object.keys(rates).length > 0;
  const book: PriceCall = hasOwn
    ? ({ usage }) => priceByRow(rates, usage)
    : (asked, inCurrency) => prices.price(asked, inCurrency);
  return priceModelCall(call, book, currency, 'stated-first', STATED_BY);
}

/** A price in the row that leaves out what the row used does not make that free. */
function priceByRow(
  rates: Readonly<Record<string, UsageRate>>,
  usage: Readonly<Record<string, number>>,
): CallPrice {
  const missing = Object.entries(PRICE_COLUMNS).find(
    ([, key]) => !(key in rates) && (usage[key.replace('_mtok', '_tokens')] ?? 0) > 0,
  );
  if (missing)
    return {
      kind: 'unpriced',
      code: 'missing-price',
      message: `prices are stated in the file, and ${missing[0]} is not; add --set ${missing[0]}=…`,
    };
  if (Object.keys(usage).length === 0)
    return { kind: 'unpriced', code: 'usage-unknown', message: 'rows do not say how many tokens were used' };
  const cost = priceUsage(rates, usage);
  if (cost.kind === 'inconsistent')
    return { kind: 'unpriced', code: 'usage-inconsistent', message: cost.message };
  const { input, output, other } = cost.picos;
  return {
    kind: 'priced',
    inputPicos: input,
    outputPicos: output,
    otherPicos: other,
    totalPicos: input + output + other,
    reference: STATED_BY,
    isAgreed: true,
    assumptions: [],
  };
}
