import type { ScoreFact } from '../../domain/facts/facts.ts';
import type { ModelCall } from '../../domain/inference/model-call.ts';
import { textOf } from './attribute-reader.ts';
import type { Span } from './telemetry.ts';

const EVALUATION_EVENT = 'gen_ai.evaluation.result';
/** Labels that stand for a number where none is given. */
const LABEL_VALUES: Readonly<Record<string, number>> = {
  pass: 1,
  passed: 1,
  true: 1,
  yes: 1,
  correct: 1,
  relevant: 1,
  fail: 0,
  failed: 0,
  false: 0,
  no: 0,
  incorrect: 0,
  not_relevant: 0,
};

/** The judgements among a span's events, of the call that the span is, or by name alone. A judgement without a number or a plain word is none. */
export function readScores(span: Span, call: ModelCall | null): ScoreFact[] {
  return span.events.flatMap(({ name: event, atMs, attributes }, index) => {
    if (event !== EVALUATION_EVENT) return [];
    const name = textOf(attributes, ['gen_ai.evaluation.name']);
    const label = textOf(attributes, ['gen_ai.evaluation.score.label'])?.toLowerCase();
    const stated = attributes.get('gen_ai.evaluation.score.value');
    const value = typeof stated === 'number' ? stated : LABEL_VALUES[label ?? ''];
    if (name === null || value === undefined || !Number.isFinite(value)) return [];
    return [
      {
        scoreId: `otlp:${span.traceId}:${span.spanId}:${index}`,
        name,
        value,
        atMs: Math.floor(atMs > 0 ? atMs : span.startMs),
        endpoint: call?.request.endpoint ?? null,
        model: call?.request.model ?? textOf(span.attributes, 'model'),
        promptName: call?.request.labels.promptName ?? textOf(span.attributes, 'promptName'),
        promptVersion: call?.request.labels.promptVersion ?? textOf(span.attributes, 'promptVersion'),
        requestId: call?.request.requestId ?? null,
        runId: null,
        by: textOf(attributes, ['gen_ai.evaluation.evaluator']),
      },
    ];
  });
}
