import type { Freshness, FreshnessState } from '../overview/health-view.ts';

/** Shape and word say the state; the colour repeats it. */
export const FRESHNESS_SIGNS: Readonly<Record<FreshnessState, string>> = {
  current: '●',
  late: '▲',
  missing: '✕',
};

export function FreshnessPill({ freshness }: Readonly<{ freshness: Freshness }>) {
  return (
    <a className="pill" data-state={freshness.state} href="#data-health">
      <span className="pill-sign" aria-hidden="true">
        {FRESHNESS_SIGNS[freshness.state]}
      </span>
      {freshness.text}
    </a>
  );
}
