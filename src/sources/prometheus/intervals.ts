import type { TimeWindow } from '../../domain/time/window.ts';

/** Sorted, disjoint and not touching: what `unite` returns and the others expect. */
export type Intervals = readonly TimeWindow[];

export function unite(windows: Iterable<TimeWindow>): Intervals {
  const sorted = [...windows].filter(isNotEmpty).sort((a, b) => a.fromMs - b.fromMs);
  const united: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of sorted) {
    const last = united.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else united.push({ fromMs, toMs });
  }
  return united;
}

export function intersect(left: Intervals, right: Intervals): Intervals {
  const common: TimeWindow[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const [a, b] = [left[l]!, right[r]!];
    common.push({ fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) });
    if (a.toMs < b.toMs) l++;
    else r++;
  }
  return common.filter(isNotEmpty);
}

export function subtract(from: Intervals, what: Intervals): Intervals {
  return intersect(from, complement(what));
}

export function complement(of: Intervals): Intervals {
  const edges = [
    Number.NEGATIVE_INFINITY,
    ...of.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    Number.POSITIVE_INFINITY,
  ];
  const gaps: TimeWindow[] = [];
  for (let edge = 0; edge < edges.length; edge += 2) {
    gaps.push({ fromMs: edges[edge]!, toMs: edges[edge + 1]! });
  }
  return gaps.filter(isNotEmpty);
}

export function overlaps(left: Intervals, right: Intervals): boolean {
  return intersect(left, right).length > 0;
}

function isNotEmpty({ fromMs, toMs }: TimeWindow): boolean {
  return fromMs < toMs;
}
