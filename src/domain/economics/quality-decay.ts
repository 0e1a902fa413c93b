/**
 * How much quality a model has lost so many days after it was trained, in points of its metric. Losses start at zero and count
 * against the model whatever the direction of the metric.
 */
export type QualityDecay =
  /** The same every day. */
  | Readonly<{ kind: 'linear'; perDay: number }>
  /** As fast at first, and never more than `limit`: `limit × (1 − e^(−perDay × t ÷ limit))`. */
  | Readonly<{ kind: 'exponential'; perDay: number; limit: number }>
  /** Measured losses; straight lines between them and from zero to the first, and on with the slope of the last line. */
  | Readonly<{ kind: 'points'; points: readonly DecayPoint[] }>;

export type DecayPoint = Readonly<{ days: number; loss: number }>;

/** The mean loss over the first `days` after a training: the integral of the loss, divided by its length. */
export function meanLoss(decay: QualityDecay, days: number): number {
  switch (decay.kind) {
    case 'linear':
      return (decay.perDay * days) / 2;
    case 'exponential': {
      const rate = decay.perDay / decay.limit;
      // 1 − (1 − e^(−x)) ÷ x, which is the same with less rounding for small x.
      return decay.limit * (1 + Math.expm1(-rate * days) / (rate * days));
    }
    case 'points':
      return areaUnder(decay.points, days) / days;
    default:
      return decay satisfies never;
  }
}

/** Points lost a day just after a training. */
export function initialDecay(decay: QualityDecay): number {
  if (decay.kind !== 'points') return decay.perDay;
  const [first] = decay.points.toSorted((a, b) => a.days - b.days);
  return first ? slopeOf({ days: 0, loss: 0 }, first) : 0;
}

function areaUnder(given: readonly DecayPoint[], days: number): number {
  const points = [{ days: 0, loss: 0 }, ...given.toSorted((a, b) => a.days - b.days)];
  let area = 0;
  for (const [index, from] of points.entries()) {
    if (from.days >= days) break;
    const to = points[index + 1];
    const end = Math.min(days, to?.days ?? days);
    const slope = to ? slopeOf(from, to) : slopeOf(points[index - 1] ?? from, from);
    const width = end - from.days;
    area += from.loss * width + (slope * width * width) / 2;
  }
  return area;
}

function slopeOf(from: DecayPoint, to: DecayPoint): number {
  return to.days > from.days ? (to.loss - from.loss) / (to.days - from.days) : 0;
}

/** The line through zero that is nearest to the points, by least squares: `Σ days × loss ÷ Σ days²`. `null` without any. */
export function fitLinearDecay(points: readonly DecayPoint[]): number | null {
  const weight = points.reduce((sum, { days }) => sum + days * days, 0);
  return weight === 0 ? null : points.reduce((sum, { days, loss }) => sum + days * loss, 0) / weight;
}
