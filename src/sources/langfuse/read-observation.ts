import type { Attributes, ScoreFact, Serving } from '../../domain/facts/facts.ts';
import { operationName, stepOf } from '../../domain/inference/call-names.ts';
import type { ModelCall } from '../../domain/inference/model-call.ts';
import { parseList, parseObject, textAt } from '../../domain/inference/nested-text.ts';
import { isSelfHostingServer } from '../../domain/inference/serving-names.ts';
import type { TokenConvention } from '../../domain/inference/token-convention.ts';
import { detailsOf, usageTokens } from '../../domain/inference/usage-details.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { type EpochMs, parseInstant } from '../../domain/time/window.ts';

/** A column of one record by its name in lower case without underscores: exports spell `startTime` and `start_time`. */
export type Observation = (column: string) => string | null;

export type Problem = Readonly<{ column: string; code: string; message: string }>;
export type ReadObservation =
  | Readonly<{ kind: 'call'; call: ModelCall; scores: readonly ScoreFact[] }>
  | Readonly<{ kind: 'score'; score: ScoreFact }>
  /** A span, an event, a tool: it calls no model. */
  | Readonly<{ kind: 'no-call' }>
  /** A judgement in words alone, which no mean can be taken of. */
  | Readonly<{ kind: 'no-number' }>
  | (Readonly<{ kind: 'problem' }> & Problem);

/** Langfuse counts in dollars. */
export const COST_CURRENCY = 'USD';

export type ReadOptions = Readonly<{
  convention: TokenConvention | null;
  dollarRate: Picos | undefined;
}>;

/** One record of an export: an observation with its usage, or a score. */
export function readObservation(row: Observation, options: ReadOptions): ReadObservation {
  const id = row('id');
  if (id === null) return problem('id', 'missing-id', 'the id is blank, but every record has one');
  if (isScore(row)) return readScore(row, id);
  const type = (row('type') ?? 'GENERATION').toUpperCase();
  if (type !== 'GENERATION' && type !== 'EMBEDDING') return { kind: 'no-call' };
  const startMs = instantOf(row('starttime'));
  if (startMs === null)
    return problem(
      'starttime',
      'bad-time',
      `\`${row('starttime')}\` is not a time such as 2026-10-14T09:00:00Z`,
    );
  const details = detailsOf(parseObject(row('usagedetails')), usageOf(row));
  const read = usageTokens(details, options.convention);
  if ('problem' in read) return problem('usagedetails', read.problem.code, read.problem.message);
  const cost = statedCost(row);
  if (cost === undefined)
    return problem('totalcost', 'bad-amount', 'the cost is not an amount of dollars such as 0.0125');

  const { dollarRate } = options;
  const call: ModelCall = {
    request: { ...describe(row, id, type, startMs), tokens: read.tokens },
    tier:
      textAt(parseObject(row('modelparameters')), 'service_tier') ??
      textAt(parseObject(row('metadata')), 'service_tier'),
    cacheWritten1h: read.cacheWritten1h,
    statedPicos:
      cost === null || dollarRate === undefined ? null : divideHalfEven(cost * dollarRate, PICOS_PER_UNIT),
  };
  return { kind: 'call', call, scores: nestedScores(row, call) };
}

function isScore(row: Observation): boolean {
  return (
    row('starttime') === null && row('name') !== null && (row('value') !== null || row('datatype') !== null)
  );
}

function describe(row: Observation, id: string, type: string, startMs: EpochMs) {
  const metadata = parseObject(row('metadata'));
  const model = row('model') ?? row('providedmodelname') ?? row('internalmodel') ?? 'unknown';
  const provider = providerOf(metadata);
  const operation = operationName(type);
  const serving: Serving = provider !== null && isSelfHostingServer(provider) ? 'self_hosted' : 'api';
  return {
    requestId: `langfuse:${id}`,
    endpoint: textAt(metadata, 'endpoint') ?? provider ?? model,
    serving,
    model,
    provider,
    operation,
    startMs,
    durationMs: since(row('endtime'), startMs),
    timeToFirstTokenMs: since(row('completionstarttime'), startMs),
    error: row('level')?.toUpperCase() === 'ERROR' ? (row('statusmessage') ?? 'ERROR') : null,
    labels: {
      promptName: row('promptname'),
      promptVersion: row('promptversion'),
      step: textAt(metadata, 'step') ?? stepOf(operation),
      agent: textAt(metadata, 'agent') ?? textAt(metadata, 'langgraph_node'),
      conversation: row('sessionid') ?? textAt(metadata, 'session_id'),
    },
    attributes: attributesOf(row),
  };
}

/** LangChain writes `ls_provider`; others use the words of OpenTelemetry. */
function providerOf(metadata: Readonly<Record<string, unknown>>): string | null {
  const attributes = metadata['attributes'];
  return (
    textAt(metadata, 'provider') ??
    textAt(metadata, 'ls_provider') ??
    textAt(attributes, 'gen_ai.provider.name') ??
    textAt(attributes, 'gen_ai.system')
  );
}

function usageOf(row: Observation): unknown {
  const usage = parseObject(row('usage'));
  if (Object.keys(usage).length > 0) return usage;
  const flat = {
    input: row('inputtokens') ?? row('prompttokens') ?? row('inputusage'),
    output: row('outputtokens') ?? row('completiontokens') ?? row('outputusage'),
    total: row('totaltokens') ?? row('totalusage'),
  };
  return Object.fromEntries(Object.entries(flat).filter(([, value]) => value !== null));
}

/** A total of nothing beside tokens is a model that Langfuse has no price for. `undefined`: no amount at all. */
function statedCost(row: Observation): Picos | null | undefined {
  const details = parseObject(row('costdetails'));
  const text =
    row('totalcost') ??
    row('calculatedtotalcost') ??
    textAt(details, 'total') ??
    textAt(parseObject(row('usage')), 'totalCost');
  if (text === null) return null;
  const picos = parsePicos(text.replace(/^\$/, ''))?.picos;
  if (picos === undefined || picos < 0n) return undefined;
  return picos === 0n ? null : picos;
}

function attributesOf(row: Observation): Attributes {
  const tags = parseList(row('tags')).filter((tag): tag is string => typeof tag === 'string');
  const labels = tags.flatMap((tag) => {
    const [, name, value] = /^([\w.-]+)[:=](?!\/\/)(.+)$/.exec(tag) ?? [];
    return name === undefined ? [] : [[`label:${name}`, value!.trim()] as const];
  });
  const found: Record<string, string | null> = {
    'label:environment': row('environment'),
    ...Object.fromEntries(labels),
    'langfuse:trace': row('tracename'),
    'langfuse:release': row('release'),
  };
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );
}

const BY_SOURCE: Readonly<Record<string, string>> = { ANNOTATION: 'human', EVAL: 'llm_judge', API: 'code' };

function readScore(row: Observation, id: string): ReadObservation {
  const atMs = instantOf(row('timestamp') ?? row('createdat'));
  if (atMs === null)
    return problem('timestamp', 'bad-time', 'the score has no time such as 2026-10-14T09:00:00Z');
  const value = scoreValue(row('value'), row('datatype'));
  if (value === null) return { kind: 'no-number' };
  const source = row('source');
  const observation = row('observationid');
  return {
    kind: 'score',
    score: {
      scoreId: `langfuse:${id}`,
      name: row('name')!,
      value,
      atMs,
      endpoint: null,
      model: null,
      promptName: row('promptname'),
      promptVersion: row('promptversion'),
      requestId: observation === null ? null : `langfuse:${observation}`,
      runId: null,
      by: source === null ? null : (BY_SOURCE[source.toUpperCase()] ?? source.toLowerCase()),
    },
  };
}

/** Scores that stand in the record of the observation: a list of records, or a map of names to values. */
function nestedScores(row: Observation, { request }: ModelCall): ScoreFact[] {
  const text = row('scores');
  const list = parseList(text);
  const named = Object.entries(parseObject(text)).map(([name, value]) => ({
    name,
    value: Array.isArray(value) ? value[0] : value,
  }));
  return [...list, ...named].flatMap((score, index) => {
    const name = textAt(score, 'name');
    const value = scoreValue(textAt(score, 'value'), textAt(score, 'dataType'));
    if (name === null || value === null) return [];
    const source = textAt(score, 'source');
    return [
      {
        scoreId: `langfuse:${textAt(score, 'id') ?? `${request.requestId.slice('langfuse:'.length)}:${name}:${index}`}`,
        name,
        value,
        atMs: instantOf(textAt(score, 'timestamp')) ?? request.startMs,
        endpoint: request.endpoint,
        model: request.model,
        promptName: request.labels.promptName,
        promptVersion: request.labels.promptVersion,
        requestId: request.requestId,
        runId: null,
        by: source === null ? null : (BY_SOURCE[source.toUpperCase()] ?? source.toLowerCase()),
      },
    ];
  });
}

function scoreValue(text: string | null, dataType: string | null): number | null {
  if (text === null || dataType?.toUpperCase() === 'CATEGORICAL') return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true' ? 1 : 0;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

function since(text: string | null, startMs: EpochMs): number | null {
  const at = instantOf(text);
  return at === null || at < startMs ? null : at - startMs;
}

function instantOf(text: string | null): EpochMs | null {
  return text === null ? null : (parseInstant(text) ?? null);
}

function problem(column: string, code: string, message: string): ReadObservation {
  return { kind: 'problem', column, code, message };
}
