import { type Autoscaler, type Observation, replicasFor, type ScaleLimits, within } from './autoscaler.ts';

export type KnativeSettings = Readonly<{
  /** Requests at once that a replica is meant for (`autoscaling.knative.dev/target`). */
  target: number;
  /** The part of the target that is aimed at, 0–1. */
  targetUtilization: number;
  stableWindowSeconds: number;
  /** Panic window, as a fraction of the stable one. */
  panicWindowFraction: number;
  /** Panic when the load of the panic window asks for this many times the replicas there are. */
  panicThreshold: number;
  scaleToZeroGraceSeconds: number;
}>;

/** The defaults of Knative Serving's autoscaler (config-autoscaler). */
export const KNATIVE_DEFAULTS: Omit<KnativeSettings, 'target'> = {
  targetUtilization: 0.7,
  stableWindowSeconds: 60,
  panicWindowFraction: 0.1,
  panicThreshold: 2,
  scaleToZeroGraceSeconds: 30,
};

const TICK_SECONDS = 2;
/** At most this many times fewer replicas in one decision (`max-scale-down-rate`). */
const MOST_SHRINKING = 2;

/**
 * Knative's pod autoscaler: replicas = ⌈mean concurrency ÷ (target × utilisation)⌉ over the stable window. When the short panic window
 * asks for twice what there is, it follows that one, and does not scale down until a stable window has passed without panic. To zero
 * when the stable window saw nothing, after a grace time.
 */
export function createKnative(settings: KnativeSettings, limits: ScaleLimits): Autoscaler {
  const perReplica = settings.target * settings.targetUtilization;
  const panicWindowSeconds = settings.stableWindowSeconds * settings.panicWindowFraction;
  let panicSince: number | null = null;
  let mostInPanic = 0;
  let emptySince: number | null = null;

  const decideRunning = (seen: Observation): number => {
    const stable = replicasFor(seen.concurrencyOver(settings.stableWindowSeconds), perReplica);
    const panic = replicasFor(seen.concurrencyOver(panicWindowSeconds), perReplica);
    if (panic >= settings.panicThreshold * Math.max(1, seen.ready)) {
      panicSince = seen.nowSeconds;
      mostInPanic = Math.max(mostInPanic, seen.wanted);
    } else if (panicSince !== null && seen.nowSeconds - panicSince >= settings.stableWindowSeconds) {
      panicSince = null;
      mostInPanic = 0;
    }
    if (panicSince === null) return Math.max(stable, Math.floor(seen.wanted / MOST_SHRINKING));
    mostInPanic = Math.max(mostInPanic, panic);
    return mostInPanic;
  };
  return {
    tickSeconds: TICK_SECONDS,
    longestWindowSeconds: settings.stableWindowSeconds,
    decide(seen) {
      const replicas = decideRunning(seen);
      if (seen.concurrencyOver(settings.stableWindowSeconds) > 0) {
        emptySince = null;
        return within(limits, Math.max(1, replicas));
      }
      emptySince ??= seen.nowSeconds;
      const hasWaited = seen.nowSeconds - emptySince >= settings.scaleToZeroGraceSeconds;
      return within(limits, hasWaited ? 0 : Math.min(seen.wanted, Math.max(1, replicas)));
    },
  };
}
