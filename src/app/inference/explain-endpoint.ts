import type { Clock } from '../../ports/clock.ts';
import { readWindow } from '../read-request.ts';
import type { InferenceParts } from '../report-inference.ts';
import type { Explanation } from '../results/results.ts';
import { DEFAULT_MODELS } from './api-prices.ts';
import { explainServing } from './endpoint-receipt.ts';

/** `tare explain endpoint:chat@2026-10`: the receipt of an endpoint, as lines. */
export async function explainEndpoint(
  parts: InferenceParts & Readonly<{ clock: Clock }>,
  text: string,
): Promise<Explanation> {
  const [, endpoint = '', when] = /^endpoint:(.+?)(?:@([^@]*))?$/s.exec(text) ?? [];
  const [from, to] = when?.split('..') ?? [];
  const window = readWindow(from, to, parts.clock.nowMs());
  const receipt = await explainServing(parts, {
    endpoint,
    window,
    sloMs: null,
    minQuality: [],
    tokenWeight: null,
    apiPrice: null,
    against: [DEFAULT_MODELS],
    training: [],
  });
  const { currency, title, figures, lines } = receipt;
  return {
    row: `endpoint:${endpoint}${when === undefined ? '' : `@${when}`}`,
    currency,
    title,
    cost: figures.cost,
    gpuHours: figures.gpuHours ?? 0,
    lines,
  };
}
