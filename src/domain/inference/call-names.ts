/** Types of calls as gateways and libraries spell them → the words of the facts, which are those of OpenTelemetry. */
const OPERATIONS: readonly Readonly<[pattern: RegExp, operation: string]>[] = [
  [/embed/, 'embeddings'],
  [/rerank/, 'rerank'],
  [/moderation/, 'moderation'],
  [/image|video/, 'image'],
  [/transcri|speech|audio/, 'audio'],
  [/text_?completion/, 'text_completion'],
  [/generate_?content/, 'generate_content'],
  [/chat|completion|responses|messages|generat|llm/, 'chat'],
];

/** `acompletion`, `ai.generateText.doGenerate`, `GENERATION` → `chat`; what is not known comes back as it was. */
export function operationName(spelled: string): string {
  const lower = spelled.toLowerCase();
  return OPERATIONS.find(([pattern]) => pattern.test(lower))?.[1] ?? spelled;
}

/** The step of a pipeline that a kind of call is by its nature; generating is what calls do unless told otherwise. */
export function stepOf(operation: string | null): string | null {
  switch (operation) {
    case 'embeddings':
      return 'embed';
    case 'rerank':
      return 'rerank';
    case 'chat':
    case 'text_completion':
    case 'generate_content':
      return 'generate';
    default:
      return null;
  }
}
