import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { UnpricedItem } from '../../ports/store.ts';
import type { CoverageReport } from '../results/results.ts';
import { compareBigint } from './compare-text.ts';

/** What has no price, most GPU time first, each with what would give it one. */
export function unpricedFigures(items: readonly UnpricedItem[]): CoverageReport['unpriced'] {
  return items
    .toSorted((a, b) => compareBigint(b.ticks, a.ticks))
    .map((item) => ({
      gpuModel: item.gpuModel,
      provider: item.provider,
      instanceType: item.instanceType,
      lifecycle: item.lifecycle,
      gpuHours: ticksToHours(item.ticks),
      remedy: remedyFor(item),
    }));
}

function remedyFor({ gpuModel, provider, lifecycle }: UnpricedItem): string {
  if (gpuModel === 'unknown') return 'say which GPU this is: import the capacity of its node';
  if (lifecycle === 'owned') return `state in the contract prices what an hour of your own ${gpuModel} costs`;
  const seller = provider === null ? '' : ` from ${provider}`;
  return `import the bill that pays for it, or state the price of ${gpuModel}${seller} (${lifecycle}) in the contract prices`;
}
