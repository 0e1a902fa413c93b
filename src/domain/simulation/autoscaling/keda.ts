import { type Autoscaler, replicasFor, type ScaleLimits, within } from './autoscaler.ts';

export type KedaSettings = Readonly<{
  /** Requests, or queued messages, for each replica (the `threshold` of a trigger). */
  target: number;
  /** Between two looks at the trigger. */
  pollingSeconds: number;
  /** From the last moment with work until the scaler goes to zero. */
  cooldownSeconds: number;
  /** How long the horizontal autoscaler remembers its highest wish before it shrinks. */
  stabilizationSeconds: number;
}>;

/** The defaults of a ScaledObject and of the horizontal autoscaler behind it. */
export const KEDA_DEFAULTS: Omit<KedaSettings, 'target'> = {
  pollingSeconds: 30,
  cooldownSeconds: 300,
  stabilizationSeconds: 300,
};

/** The horizontal autoscaler leaves a difference below a tenth alone. */
const TOLERANCE = 0.1;

/**
 * KEDA: between zero and one by itself (one as soon as a look finds work, zero when none was found for the cooldown); above one through
 * the horizontal pod autoscaler, ⌈work ÷ target⌉, which shrinks only to the highest wish of its stabilisation window.
 */
export function createKeda(settings: KedaSettings, limits: ScaleLimits): Autoscaler {
  let lastActive = Number.NEGATIVE_INFINITY;
  let wishes: Readonly<{ at: number; replicas: number }>[] = [];

  return {
    tickSeconds: settings.pollingSeconds,
    longestWindowSeconds: settings.pollingSeconds,
    decide({ nowSeconds, concurrency, wanted }) {
      if (concurrency > 0) lastActive = nowSeconds;
      if (concurrency === 0 && nowSeconds - lastActive >= settings.cooldownSeconds) {
        wishes = [];
        return within(limits, 0);
      }
      const ratio = wanted === 0 ? Number.POSITIVE_INFINITY : concurrency / (wanted * settings.target);
      const wish = Math.abs(ratio - 1) <= TOLERANCE ? wanted : replicasFor(concurrency, settings.target);
      wishes = wishes.filter(({ at }) => nowSeconds - at < settings.stabilizationSeconds);
      wishes.push({ at: nowSeconds, replicas: wish });
      const highest = Math.max(...wishes.map(({ replicas }) => replicas));
      return within(limits, Math.max(1, wish >= wanted ? wish : Math.min(wanted, highest)));
    },
  };
}
