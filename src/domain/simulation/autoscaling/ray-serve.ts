import { type Autoscaler, replicasFor, type ScaleLimits, within } from './autoscaler.ts';

export type RayServeSettings = Readonly<{
  /** `target_ongoing_requests`. */
  target: number;
  lookBackSeconds: number;
  upscaleDelaySeconds: number;
  downscaleDelaySeconds: number;
}>;

/** The defaults of `autoscaling_config` in Ray Serve. */
export const RAY_SERVE_DEFAULTS: Omit<RayServeSettings, 'target'> = {
  lookBackSeconds: 30,
  upscaleDelaySeconds: 30,
  downscaleDelaySeconds: 600,
};

const TICK_SECONDS = 1;

/**
 * Ray Serve: ⌈ongoing requests ÷ target⌉ averaged over the look-back; a change is made once it was wished for the whole delay without
 * a break. From zero it starts at once.
 */
export function createRayServe(settings: RayServeSettings, limits: ScaleLimits): Autoscaler {
  let wishedUpSince: number | null = null;
  let wishedDownSince: number | null = null;

  return {
    tickSeconds: TICK_SECONDS,
    longestWindowSeconds: settings.lookBackSeconds,
    decide(seen) {
      const { nowSeconds, wanted } = seen;
      if (wanted === 0 && seen.concurrency > 0) return within(limits, Math.max(1, limits.least));
      const wish = within(
        limits,
        replicasFor(seen.concurrencyOver(settings.lookBackSeconds), settings.target),
      );
      wishedUpSince = wish > wanted ? (wishedUpSince ?? nowSeconds) : null;
      wishedDownSince = wish < wanted ? (wishedDownSince ?? nowSeconds) : null;
      const mayGrow = wishedUpSince !== null && nowSeconds - wishedUpSince >= settings.upscaleDelaySeconds;
      const mayShrink =
        wishedDownSince !== null && nowSeconds - wishedDownSince >= settings.downscaleDelaySeconds;
      if (!mayGrow && !mayShrink) return within(limits, wanted);
      wishedUpSince = null;
      wishedDownSince = null;
      return wish;
    },
  };
}
