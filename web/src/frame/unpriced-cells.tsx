import type { Overview } from '../../../src/app/results/results.ts';
import { formatGpuHours } from '../format/quantity.ts';

type Unpriced = Omit<Overview['health']['unpriced'][number], 'remedy'>;

export function unpricedKey({ gpuModel, provider, instanceType, lifecycle }: Unpriced): string {
  return `${gpuModel}/${provider}/${instanceType}/${lifecycle}`;
}

/** Which GPU time has no price, and how much of it there is: the first cells of its row. */
export function UnpricedCells({ item }: Readonly<{ item: Unpriced }>) {
  return (
    <>
      <th scope="row">{item.gpuModel}</th>
      <td>{[item.provider, item.instanceType].filter(Boolean).join(' ') || 'unknown'}</td>
      <td>{item.lifecycle.replaceAll('_', ' ')}</td>
      <td className="number">{formatGpuHours(item.gpuHours)}</td>
    </>
  );
}
