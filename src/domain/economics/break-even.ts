import { divideHalfEven } from '../money/divide-half-even.ts';
import type { Picos } from '../money/picos.ts';

/** What is known of an endpoint of one's own, to be compared with an API that answers the same requests. */
export type SelfHosted = Readonly<{
  /** Paid for the endpoint as it stands, idle time and shared costs included. */
  costPerHourPicos: Picos;
  requestsPerHour: number;
  /** What it could answer, as it stands, within the latency that is wanted: its busiest slot, or what was measured. */
  capacityPerHour: number;
}>;

export type BreakEven = Readonly<{
  /** `null` when the API costs nothing. */
  requestsPerHour: number | null;
  /** Share of the capacity at which both cost the same; above 1 the API is cheaper whatever the traffic. `null` without capacity. */
  utilisation: number | null;
  current: CurvePoint;
  cheaper: 'self_hosted' | 'api' | 'same';
  /** From a twentieth of the capacity to all of it. */
  curve: readonly CurvePoint[];
}>;

export type CurvePoint = Readonly<{
  utilisation: number | null;
  requestsPerHour: number;
  selfHostedPer1kPicos: Picos | null;
  apiPer1kPicos: Picos;
}>;

const CURVE_POINTS = 20;

/**
 * From which traffic on an endpoint of one's own costs less than an API: `cost per hour ÷ API cost per request`, on the allocated
 * basis, since idle hours are paid too. The endpoint is taken as it stands: its cost per hour does not follow the traffic.
 */
export function breakEven(own: SelfHosted, apiPer1kPicos: Picos): BreakEven {
  const { costPerHourPicos, requestsPerHour, capacityPerHour } = own;
  const at = (requests: number): CurvePoint => ({
    utilisation: capacityPerHour > 0 ? requests / capacityPerHour : null,
    requestsPerHour: requests,
    selfHostedPer1kPicos: per1kAt(costPerHourPicos, requests),
    apiPer1kPicos,
  });
  const even = apiPer1kPicos > 0n ? (Number(costPerHourPicos) * 1000) / Number(apiPer1kPicos) : null;
  const current = at(requestsPerHour);
  return {
    requestsPerHour: even,
    utilisation: even === null || capacityPerHour <= 0 ? null : even / capacityPerHour,
    current,
    cheaper: cheaperOf(current),
    curve:
      capacityPerHour > 0
        ? Array.from({ length: CURVE_POINTS }, (_, index) =>
            at((capacityPerHour * (index + 1)) / CURVE_POINTS),
          )
        : [],
  };
}

/** Traffic is a rate and no count, so it is taken to a millionth of a request. */
function per1kAt(costPerHourPicos: Picos, requestsPerHour: number): Picos | null {
  const millionths = BigInt(Math.round(requestsPerHour * 1e6));
  return millionths > 0n ? divideHalfEven(costPerHourPicos * 1_000_000_000n, millionths) : null;
}

function cheaperOf({ selfHostedPer1kPicos, apiPer1kPicos }: CurvePoint): BreakEven['cheaper'] {
  if (selfHostedPer1kPicos === null || selfHostedPer1kPicos > apiPer1kPicos) return 'api';
  return selfHostedPer1kPicos < apiPer1kPicos ? 'self_hosted' : 'same';
}
