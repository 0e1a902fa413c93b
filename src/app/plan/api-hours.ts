import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import { floorToHour, type TimeWindow } from '../../domain/time/window.ts';
import type { Store } from '../../ports/store.ts';
import { resolveServed } from '../inference/served.ts';

const NOTHING = { unobserved: 0n, unallocated: 0n, idle: 0n, underused: 0n, lost: 0n, productive: 0n };

/** What calls of model APIs cost, hour by hour, in the shape of the hours of machines: without any GPU time. */
export async function apiHours(store: Store, window: TimeWindow): Promise<HolderHour[]> {
  const by = ['endpoint', 'serving', 'team', 'hour'] as const;
  const { served } = resolveServed(await store.calls({ window, by }), [], by);
  return served.flatMap(({ key, pricedPicos }) => {
    if (key['serving'] !== 'api' || pricedPicos === null || pricedPicos === 0n) return [];
    return [
      {
        hourMs: floorToHour(Date.parse(key['hour']!)),
        workloadId: `api:${key['endpoint']}`,
        workload: key['endpoint']!,
        kind: 'api',
        team: key['team']!,
        environment: 'none',
        node: '',
        pool: 'none',
        gpuModel: 'none',
        lifecycle: 'api',
        devices: 0,
        ticks: NOTHING,
        cost: { ...NOTHING, productive: pricedPicos },
        unpricedTicks: 0n,
      },
    ];
  });
}
