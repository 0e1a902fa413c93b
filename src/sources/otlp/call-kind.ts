import { operationName } from '../../domain/inference/call-names.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import { AI_SDK_MARK, KIND_ATTRIBUTES, TOKEN_SPELLINGS } from './spellings.ts';
import type { Span } from './telemetry.ts';

const MODEL_OPERATIONS = new Set([
  'chat',
  'generate_content',
  'text_completion',
  'embeddings',
  'rerank',
  'image',
  'image_generation',
  'audio',
  'moderation',
]);
const OPEN_INFERENCE_CALLS: Readonly<Record<string, string>> = {
  LLM: 'chat',
  EMBEDDING: 'embeddings',
  RERANKER: 'rerank',
};
const LANGFUSE_CALLS: Readonly<Record<string, string>> = { generation: 'chat', embedding: 'embeddings' };

/**
 * Which operation of a model a span stands for; `null` when it stands for none. Agents, workflows and tools repeat the usage of the calls
 * within them, so they are none, whatever they carry.
 */
export function operationOfCall(span: Span): string | null {
  const { attributes } = span;
  const aiSdk = textOf(attributes, [AI_SDK_MARK]);
  if (aiSdk !== null) return aiSdkOperation(aiSdk);
  const langfuse = textOf(attributes, [KIND_ATTRIBUTES.langfuse])?.toLowerCase();
  if (langfuse !== undefined) return LANGFUSE_CALLS[langfuse] ?? null;
  const operation = textOf(attributes, [KIND_ATTRIBUTES.operation])?.toLowerCase();
  if (operation !== undefined) return MODEL_OPERATIONS.has(operation) ? operation : null;
  const openInference = textOf(attributes, [KIND_ATTRIBUTES.openInference])?.toUpperCase();
  if (openInference !== undefined) return OPEN_INFERENCE_CALLS[openInference] ?? null;
  const requestType = textOf(attributes, [KIND_ATTRIBUTES.requestType]);
  if (requestType !== null) return requestType === 'unknown' ? null : operationName(requestType);
  if (attributes.has(KIND_ATTRIBUTES.traceloop)) return null;
  return isServedRequest(span) || isUnnamedCall(span) ? 'chat' : null;
}

/** `ai.generateText.doGenerate` is the call; `ai.generateText` is what the user asked for and repeats its sums. */
function aiSdkOperation(operationId: string): string | null {
  return /\.do[A-Z]/.test(operationId) ? operationName(operationId) : null;
}

/** vLLM's own span of a request. */
function isServedRequest({ name, attributes }: Span): boolean {
  return name === 'llm_request' && hasTokens(attributes);
}

/** Libraries from before there was a name for the operation: a provider and tokens. */
function isUnnamedCall({ attributes }: Span): boolean {
  return hasTokens(attributes) && textOf(attributes, 'provider') !== null;
}

function hasTokens(attributes: Span['attributes']): boolean {
  return TOKEN_SPELLINGS.some(
    ({ input, output }) => numberOf(attributes, input) !== null || numberOf(attributes, output) !== null,
  );
}
