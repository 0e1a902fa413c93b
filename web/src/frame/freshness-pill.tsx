import type { Freshness, FreshnessState } from '../overview/health-view.ts';
import { healthAddress } from './health-address.ts';
import { Link } from './link.tsx';

/** Shape and word say the state; the colour repeats it. */
export const FRESHNESS_SIGNS: Readonly<Record<FreshnessState, string>> = {
  current: '●',
  late: '▲',
  missing: '✕',
};

export function FreshnessPill({ freshness }: Readonly<{ freshness: Freshness }>) {
  return (
    <Link className="pill" data-state={freshness.state} href={healthAddress()}>
      <span className="pill-sign" aria-hidden="true">
        {FRESHNESS_SIGNS[freshness.state]}
      </span>
      {freshness.text}
    </Link>
  );
}
