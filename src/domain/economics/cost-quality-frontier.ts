import type { Picos } from '../money/picos.ts';

export type PricedQuality = Readonly<{ id: string; totalPicos: Picos; quality: number }>;

/** The runs that nobody beat: no other was as good for less, or better for as much. */
export function costQualityFrontier(
  runs: readonly PricedQuality[],
  direction: 'max' | 'min',
): ReadonlySet<string> {
  const goodness = (run: PricedQuality) => (direction === 'max' ? run.quality : -run.quality);
  const cheapestFirst = runs.toSorted((a, b) =>
    a.totalPicos === b.totalPicos ? goodness(b) - goodness(a) : a.totalPicos < b.totalPicos ? -1 : 1,
  );
  const frontier = new Set<string>();
  let best: PricedQuality | undefined;
  for (const run of cheapestFirst) {
    const isAlike = best && run.totalPicos === best.totalPicos && run.quality === best.quality;
    if (best && !isAlike && goodness(run) <= goodness(best)) continue;
    frontier.add(run.id);
    best = run;
  }
  return frontier;
}
