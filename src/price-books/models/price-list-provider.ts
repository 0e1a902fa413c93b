/**
 * Spellings of providers that the price list does not find by itself: those of OpenTelemetry (`gcp.gemini`), LiteLLM (`fireworks_ai`)
 * and the like, without case and punctuation.
 */
const SPELLINGS: Readonly<Record<string, string>> = {
  awsbedrock: 'aws',
  amazonbedrock: 'aws',
  bedrockconverse: 'aws',
  azureaiopenai: 'azure',
  azureaiinference: 'azure',
  azureai: 'azure',
  azureopenai: 'azure',
  azuretext: 'azure',
  gcpgenai: 'google',
  gcpgemini: 'google',
  gcpvertexai: 'google',
  vertexai: 'google',
  vertexaibeta: 'google',
  googlegenerativeai: 'google',
  gemini: 'google',
  coherechat: 'cohere',
  fireworksai: 'fireworks',
  mistralai: 'mistral',
  moonshotai: 'moonshotai',
  perplexityai: 'perplexity',
  togetherai: 'together',
  voyage: 'voyageai',
  xai: 'x-ai',
  textcompletionopenai: 'openai',
};

/** The price list's id for a provider; one that it does not know comes back as it was, and is then not found. */
export function priceListProvider(spelled: string): string {
  const [beforeDot = ''] = spelled.toLowerCase().split('.');
  const compact = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  // The AI SDK names the interface too: `openai.chat`, `anthropic.messages`.
  return SPELLINGS[compact(spelled)] ?? SPELLINGS[compact(beforeDot)] ?? sdkName(spelled, beforeDot);
}

const SDK_INTERFACES = /^[a-z-]+\.(chat|completion|embedding|image|messages|responses)$/;

function sdkName(spelled: string, beforeDot: string): string {
  return SDK_INTERFACES.test(spelled.toLowerCase()) ? beforeDot : spelled;
}
