import type {
  CallLabels,
  Attributes as OwnerAttributes,
  ScoreFact,
  Serving,
} from '../../domain/facts/facts.ts';
import { stepOf } from '../../domain/inference/call-names.ts';
import type { ModelCall } from '../../domain/inference/model-call.ts';
import { parseObject, textAt } from '../../domain/inference/nested-text.ts';
import { isOwnAddress, isSelfHostingServer, serviceOfAddress } from '../../domain/inference/serving-names.ts';
import type { TokenConvention } from '../../domain/inference/token-convention.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import { parseInstant } from '../../domain/time/window.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import { operationOfCall } from './call-kind.ts';
import { readScores } from './read-scores.ts';
import { readUsage } from './read-usage.ts';
import { KIND_ATTRIBUTES, LANGFUSE_COST, labelNameOf, RESOURCE_ATTRIBUTES } from './spellings.ts';
import {
  type Attributes,
  type Refused,
  type ResourceSpans,
  refuse,
  SERVER_SPAN,
  type Span,
} from './telemetry.ts';

export type SpanCalls = Readonly<{ calls: readonly ModelCall[]; scores: readonly ScoreFact[] }>;

/** The calls of models among spans, and what was judged. Other spans are the business of others, and pass without a word. */
export function callsOfSpans(
  groups: readonly ResourceSpans[],
  stated: TokenConvention | null,
  refused: Refused,
): SpanCalls {
  const calls: ModelCall[] = [];
  const scores: ScoreFact[] = [];
  const seenResponses = new Set<string>();
  const family = familyOf(groups);
  for (const { resource, spans } of groups) {
    for (const span of spans) {
      const operation = operationOfCall(span);
      const call =
        operation === null ? null : readCall(span, { operation, resource, family, stated, refused });
      const isCounted = call !== null && !isRepeated(span, seenResponses);
      if (isCounted) calls.push(call);
      if (span.events.length > 0) scores.push(...readScores(span, isCounted ? call : null));
    }
  }
  return { calls, scores };
}

/** Two libraries that watch the same call write two spans of one trace with the same answer. */
function isRepeated({ traceId, attributes }: Span, seen: Set<string>): boolean {
  const responseId = textOf(attributes, 'responseId');
  if (responseId === null) return false;
  const key = `${traceId} ${responseId}`;
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

/** Spans by id, to look up what their ancestors say. Only those that were sent together. */
type Family = ReadonlyMap<string, Span>;

function familyOf(groups: readonly ResourceSpans[]): Family {
  const family = new Map<string, Span>();
  for (const { spans } of groups) for (const span of spans) family.set(span.spanId, span);
  return family;
}

type Context = Readonly<{
  operation: string;
  resource: Attributes;
  family: Family;
  stated: TokenConvention | null;
  refused: Refused;
}>;

function readCall(span: Span, context: Context): ModelCall | null {
  const { attributes, startMs, endMs } = span;
  const usage = readUsage(attributes, context.stated);
  if ('problem' in usage) {
    refuse(context.refused, `span ${span.spanId}: ${usage.problem.code}: ${usage.problem.message}`);
    return null;
  }
  const { operation, resource } = context;
  const provider = textOf(attributes, 'provider');
  const model = textOf(attributes, 'model') ?? 'unknown';
  const serving = servingOf(span, provider);
  return {
    request: {
      requestId: `otlp:${span.traceId}:${span.spanId}`,
      endpoint: endpointOf(span, serving, resource, provider ?? model),
      serving,
      model,
      provider,
      operation,
      startMs: Math.floor(startMs),
      durationMs: rounded(endMs - startMs),
      timeToFirstTokenMs: firstTokenMs(span),
      error: errorOf(span),
      tokens: usage.tokens,
      labels: labelsOf(span, operation, context.family),
      attributes: ownersOf(resource, attributes),
    },
    tier: textOf(attributes, 'tier'),
    cacheWritten1h: usage.cacheWritten1h,
    statedPicos: statedPicos(attributes),
  };
}

function servingOf(span: Span, provider: string | null): Serving {
  const address = textOf(span.attributes, 'serverAddress');
  const isOwn =
    span.kind === SERVER_SPAN ||
    (provider !== null && isSelfHostingServer(provider)) ||
    (address !== null && isOwnAddress(address));
  return isOwn ? 'self_hosted' : 'api';
}

/** A server answers for itself; a client says whom it asked. */
function endpointOf(span: Span, serving: Serving, resource: Attributes, api: string): string {
  const stated = textOf(span.attributes, 'endpoint') ?? textOf(resource, 'endpoint');
  if (stated !== null) return stated;
  if (serving === 'api') return api;
  const address = textOf(span.attributes, 'serverAddress');
  const service = textOf(resource, ['service.name']);
  if (span.kind === SERVER_SPAN) return service ?? api;
  return address !== null && isOwnAddress(address) ? serviceOfAddress(address) : api;
}

const FIRST_TOKEN_EVENTS = ['First Token Stream Event', 'gen_ai.first_token', 'llm.content.completion.chunk'];

function firstTokenMs({ attributes, events, startMs }: Span): number | null {
  const seconds = numberOf(attributes, 'timeToFirstTokenSeconds');
  if (seconds !== null) return rounded(seconds * 1000);
  const ms = numberOf(attributes, 'timeToFirstTokenMs');
  if (ms !== null) return rounded(ms);
  const at = textOf(attributes, 'firstTokenAt');
  const atMs =
    (at === null ? undefined : parseInstant(at.replaceAll('"', ''))) ??
    events.find(({ name }) => FIRST_TOKEN_EVENTS.includes(name))?.atMs;
  return atMs === undefined || atMs < startMs ? null : rounded(atMs - startMs);
}

/** Microseconds are as fine as clocks of tracers are. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

const ERROR_STATUS = 2;

function errorOf({ attributes, statusCode, statusMessage }: Span): string | null {
  const type = textOf(attributes, 'error');
  if (type !== null) return type;
  if (textOf(attributes, [KIND_ATTRIBUTES.langfuseLevel])?.toUpperCase() === 'ERROR') return 'ERROR';
  if (statusCode !== ERROR_STATUS) return null;
  return statusMessage.trim() === '' ? 'error' : statusMessage.trim().slice(0, 200);
}

const STEP_OF_ANCESTOR: Readonly<Record<string, string>> = {
  RETRIEVER: 'retrieve',
  RERANKER: 'rerank',
  EVALUATOR: 'judge',
  retrieval: 'retrieve',
  retriever: 'retrieve',
  evaluator: 'judge',
};

/** What the span itself says, then the nearest ancestor that was sent with it; the step at last by the kind of call. */
function labelsOf(span: Span, operation: string, family: Family): CallLabels {
  const line = lineOf(span, family);
  const nearest = (said: 'promptName' | 'promptVersion' | 'agent' | 'conversation' | 'step') => {
    for (const { attributes } of line) {
      const text = textOf(attributes, said);
      if (text !== null) return text;
    }
    return null;
  };
  return {
    promptName: nearest('promptName'),
    promptVersion: nearest('promptVersion'),
    step: nearest('step') ?? stepAround(line) ?? stepOf(operation),
    agent: nearest('agent') ?? agentAround(line),
    conversation: nearest('conversation'),
  };
}

const MAX_ANCESTORS = 32;

function lineOf(span: Span, family: Family): readonly Span[] {
  const line = [span];
  let parentId = span.parentSpanId;
  while (parentId !== null && line.length < MAX_ANCESTORS) {
    const parent = family.get(parentId);
    if (!parent || parent.traceId !== span.traceId) break;
    line.push(parent);
    parentId = parent.parentSpanId;
  }
  return line;
}

function stepAround(line: readonly Span[]): string | null {
  for (const { attributes } of line) {
    for (const key of [KIND_ATTRIBUTES.openInference, KIND_ATTRIBUTES.operation, KIND_ATTRIBUTES.langfuse]) {
      const step = STEP_OF_ANCESTOR[textOf(attributes, [key]) ?? ''];
      if (step !== undefined) return step;
    }
  }
  return null;
}

function agentAround(line: readonly Span[]): string | null {
  const agent = line.find(
    ({ attributes }) => textOf(attributes, [KIND_ATTRIBUTES.traceloop])?.toLowerCase() === 'agent',
  );
  return agent ? textOf(agent.attributes, [KIND_ATTRIBUTES.traceloopEntity]) : null;
}

/** A float of dollars, as libraries compute it; `null` where none was stated. Nothing beside tokens is no price. */
function statedPicos(attributes: Attributes): Picos | null {
  const details = parseObject(textOf(attributes, [LANGFUSE_COST]));
  const text = textOf(attributes, 'cost') ?? textAt(details, 'total');
  const picos = text === null ? undefined : parsePicos(text)?.picos;
  return picos === undefined || picos <= 0n ? null : picos;
}

const MAX_VALUE_CHARS = 256;

/** For owner rules: of the process that made the call, then of the span. */
export function ownersOf(resource: Attributes, span: Attributes): OwnerAttributes {
  const owners: Record<string, string> = {};
  for (const attributes of [resource, span]) {
    for (const [key, value] of attributes) {
      const label = labelNameOf(key);
      const name = label === null ? RESOURCE_ATTRIBUTES[key] : `label:${label}`;
      if (name !== undefined && typeof value === 'string' && value !== '')
        owners[name] = value.slice(0, MAX_VALUE_CHARS);
    }
  }
  const environment = textOf(span, ['langfuse.environment']);
  if (environment !== null) owners['label:environment'] = environment;
  return owners;
}
