import type { Attributes, Serving, TokenCounts } from '../../domain/facts/facts.ts';
import { operationName, stepOf } from '../../domain/inference/call-names.ts';
import type { ModelCall } from '../../domain/inference/model-call.ts';
import { countAt, parseList, parseObject, textAt } from '../../domain/inference/nested-text.ts';
import { isOwnAddress, isSelfHostingServer, serviceOfAddress } from '../../domain/inference/serving-names.ts';
import { inclusiveTokens } from '../../domain/inference/token-convention.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { type EpochMs, parseInstant } from '../../domain/time/window.ts';

/** A column of one record, as text; nested values as JSON. `null` when absent or blank. */
export type SpendLog = (column: string) => string | null;

export type ReadSpendLog =
  | Readonly<{ call: ModelCall }>
  | Readonly<{ problem: Readonly<{ column: string; code: string; message: string }> }>;

/** LiteLLM counts in dollars. */
export const SPEND_CURRENCY = 'USD';

/**
 * One record of LiteLLM_SpendLogs. Its prompt tokens include cached ones, whatever the provider does; the split stands in the metadata.
 *
 * A spend of zero is a price that LiteLLM did not know, unless its own cache answered or nothing was used; it is then taken as unknown.
 */
export function readSpendLog(log: SpendLog, dollarRate: Picos | undefined): ReadSpendLog {
  const requestId = log('request_id');
  if (requestId === null)
    return problem('request_id', 'missing-id', 'the id is blank, but every record has one');
  const startMs = instantOf(log('startTime'));
  if (startMs === null)
    return problem(
      'startTime',
      'bad-time',
      `\`${log('startTime')}\` is not a time such as 2026-10-14T09:00:00Z`,
    );
  const metadata = parseObject(log('metadata'));
  const read = readTokens(log, metadata);
  if ('problem' in read) return problem('prompt_tokens', read.problem.code, read.problem.message);
  const spend = readSpend(log, read.tokens);
  if (spend === undefined)
    return problem('spend', 'bad-amount', `\`${log('spend')}\` is not an amount of dollars such as 0.0125`);
  return { call: callOf(log, { requestId, startMs, metadata, tokens: read.tokens, spend, dollarRate }) };
}

type Parts = Readonly<{
  requestId: string;
  startMs: EpochMs;
  metadata: Readonly<Record<string, unknown>>;
  tokens: TokenCounts;
  spend: Picos | null;
  dollarRate: Picos | undefined;
}>;

function callOf(log: SpendLog, parts: Parts): ModelCall {
  const { requestId, startMs, metadata, tokens, spend, dollarRate } = parts;
  const provider = log('custom_llm_provider');
  const model = log('model') ?? log('model_group') ?? 'unknown';
  const operation = operationOf(log('call_type'));
  const usage = usageOf(metadata);
  const serving = servingOf(provider, log('api_base'));
  return {
    request: {
      requestId: `litellm:${requestId}`,
      endpoint: endpointOf(log, serving, provider ?? model),
      serving,
      model,
      provider,
      operation,
      startMs,
      durationMs: sinceStart(log('endTime'), startMs) ?? numberOf(log('request_duration_ms')),
      timeToFirstTokenMs: firstTokenMs(log, startMs),
      error: errorOf(log, metadata),
      tokens,
      labels: labelsOf(log, metadata, operation),
      attributes: attributesOf(log, metadata),
    },
    tier: textAt(usage, 'service_tier') ?? textAt(metadata, 'service_tier'),
    cacheWritten1h: countAt(
      usage,
      'prompt_tokens_details',
      'cache_creation_token_details',
      'ephemeral_1h_input_tokens',
    ),
    statedPicos:
      spend === null || dollarRate === undefined ? null : divideHalfEven(spend * dollarRate, PICOS_PER_UNIT),
  };
}

function readTokens(log: SpendLog, metadata: Readonly<Record<string, unknown>>) {
  const usage = usageOf(metadata);
  const reported: TokenCounts = {
    input: numberOf(log('prompt_tokens')),
    cachedInput:
      countAt(usage, 'cache_read_input_tokens') ?? countAt(usage, 'prompt_tokens_details', 'cached_tokens'),
    cacheWrittenInput:
      countAt(usage, 'cache_creation_input_tokens') ??
      countAt(usage, 'prompt_tokens_details', 'cache_creation_tokens'),
    output: numberOf(log('completion_tokens')),
    reasoning: countAt(usage, 'completion_tokens_details', 'reasoning_tokens'),
  };
  return inclusiveTokens(reported, 'includes-cached');
}

/** Newer proxies keep the whole usage, older ones what was beside the usual three counts. */
function usageOf(metadata: Readonly<Record<string, unknown>>): unknown {
  return { ...record(metadata['additional_usage_values']), ...record(metadata['usage_object']) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** `null`: not known; `undefined`: not a number. */
function readSpend(log: SpendLog, tokens: TokenCounts): Picos | null | undefined {
  const text = log('spend');
  if (text === null) return null;
  const picos = parsePicos(text)?.picos;
  if (picos === undefined || picos < 0n) return undefined;
  const isUsed = (tokens.input ?? 0) + (tokens.output ?? 0) > 0;
  return picos === 0n && isUsed && !isCacheHit(log) ? null : picos;
}

function isCacheHit(log: SpendLog): boolean {
  return log('cache_hit')?.toLowerCase() === 'true';
}

/** `acompletion` and `completion` alike. */
function operationOf(callType: string | null): string | null {
  return callType === null ? null : operationName(callType.replace(/^a(?=[a-z])/, ''));
}

function servingOf(provider: string | null, apiBase: string | null): Serving {
  const isOwn =
    (provider !== null && isSelfHostingServer(provider)) || (apiBase !== null && isOwnAddress(apiBase));
  return isOwn ? 'self_hosted' : 'api';
}

function endpointOf(log: SpendLog, serving: Serving, api: string): string {
  if (serving === 'api') return api;
  const apiBase = log('api_base');
  return apiBase === null ? (log('model_group') ?? api) : serviceOfAddress(apiBase);
}

function firstTokenMs(log: SpendLog, startMs: EpochMs): number | null {
  const first = log('completionStartTime');
  // Without streaming it equals the end, which says nothing about a first token.
  return first === null || first === log('endTime') ? null : sinceStart(first, startMs);
}

function sinceStart(text: string | null, startMs: EpochMs): number | null {
  const at = instantOf(text);
  return at === null || at < startMs ? null : at - startMs;
}

function instantOf(text: string | null): EpochMs | null {
  // Postgres writes a zone of whole hours as `+00`.
  return text === null ? null : (parseInstant(text.replace(/(:\d{2}(?:\.\d+)?[+-]\d{2})$/, '$1:00')) ?? null);
}

function numberOf(text: string | null): number | null {
  const number = text === null ? Number.NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function errorOf(log: SpendLog, metadata: Readonly<Record<string, unknown>>): string | null {
  if ((log('status') ?? textAt(metadata, 'status') ?? 'success') !== 'failure') return null;
  const information = metadata['error_information'];
  return textAt(information, 'error_code') ?? textAt(information, 'error_class') ?? 'failure';
}

/** What callers write beside a call goes into `spend_logs_metadata`; prompts of the proxy have a place of their own. */
function labelsOf(log: SpendLog, metadata: Readonly<Record<string, unknown>>, operation: string | null) {
  const own = metadata['spend_logs_metadata'];
  const prompt = metadata['prompt_management_metadata'];
  return {
    promptName: textAt(own, 'prompt_name') ?? textAt(own, 'promptName') ?? textAt(prompt, 'prompt_id'),
    promptVersion:
      textAt(own, 'prompt_version') ?? textAt(own, 'promptVersion') ?? textAt(prompt, 'prompt_version'),
    step: textAt(own, 'step') ?? stepOf(operation),
    agent: log('agent_id') ?? textAt(own, 'agent'),
    conversation: log('session_id') ?? textAt(own, 'conversation'),
  };
}

/** Tags that read `name:value` or `name=value` are labels; a call with several tags stays one call. */
function attributesOf(log: SpendLog, metadata: Readonly<Record<string, unknown>>): Attributes {
  const tags = parseList(log('request_tags')).filter((tag): tag is string => typeof tag === 'string');
  const labels = tags.flatMap((tag) => {
    const [, name, value] = /^([\w.-]+)[:=](?!\/\/)(.+)$/.exec(tag) ?? [];
    return name === undefined ? [] : [[`label:${name}`, value!.trim()] as const];
  });
  const plain = tags.filter((tag) => !/^[\w.-]+[:=](?!\/\/).+$/.test(tag)).toSorted();
  const found: Record<string, string | null> = {
    'label:team': textAt(metadata, 'user_api_key_team_alias') ?? log('team_id'),
    ...Object.fromEntries(labels),
    'litellm:team': log('team_id'),
    'litellm:key': textAt(metadata, 'user_api_key_alias'),
    'litellm:organization': log('organization_id'),
    'litellm:user': log('user'),
    'litellm:end_user': log('end_user'),
    'litellm:model_group': log('model_group'),
    'litellm:tags': plain.length === 0 ? null : plain.join(' '),
  };
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );
}

function problem(column: string, code: string, message: string): ReadSpendLog {
  return { problem: { column, code, message } };
}
