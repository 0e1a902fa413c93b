import type { HolderHour } from './holder-hour.ts';
import { marketName } from './market.ts';
import type { PricedProposal, ProposedLevers } from './priced-proposal.ts';
import {
  type HardwareOption,
  type HardwareTarget,
  isSafe,
  keepsItsHours,
  type RightSizeParts,
  switchMoves,
  switchTo,
  weighHardware,
} from './weigh-hardware.ts';

/** The cheapest kind of GPU at the same provider that has the memory and the speed for each workload; see `weighHardware`. */
export function proposeRightSize(parts: RightSizeParts): ProposedLevers {
  const { hours } = parts;
  const targets = weighHardware(parts);
  return {
    proposals: targets.flatMap((target) => rightSizeProposal(hours, target) ?? []),
    missing: targets.flatMap(({ scope, needs, options }) =>
      options.length > 0 && needs === null
        ? [
            {
              lever: 'right-size',
              target: hours[scope[0]!]!.workload,
              reason: 'too few samples say how much memory and time it needs',
            },
          ]
        : [],
    ),
  };
}

/** To change to the choice; `null` where there is none. */
export function rightSizeProposal(
  hours: readonly HolderHour[],
  { scope, place, needs, choice }: HardwareTarget,
): PricedProposal | null {
  if (place === null || needs === null || choice === null) return null;
  const { workload, gpuModel: from, kind, team } = hours[scope[0]!]!;
  const change = switchTo(from, kind, choice)!;
  const { provider } = place;
  const { to } = change;
  const speed = choice.speed!;
  const keepsHours = keepsItsHours(kind);
  return {
    lever: 'right-size',
    target: workload,
    owner: team,
    replay: (residual) => switchMoves(scope, residual, change),
    scope,
    isTradeOff: true,
    markets: [marketName(provider, from), marketName(provider, to)],
    needsQuality: false,
    risk: speed.isMeasured || keepsHours ? 'medium' : 'high',
    facts: [
      `it needs at most ${needs.memoryGib.toFixed(1)} GiB and is busy for at most ${Math.round(100 * needs.busyP99)} % of the time, at the 99th percentile of ${needs.samples} samples`,
      `${to} is ${speed.expected.toFixed(2)} times as fast (${speed.low.toFixed(2)} to ${speed.high.toFixed(2)}), ${speed.source}`,
    ],
    assumptions: [
      'as many GPUs of the other kind, with a tenth of memory to spare',
      keepsHours ? 'it is on for as many hours' : 'it takes as much longer as the GPU is slower',
      'the other kind is there when it is asked for',
    ],
    action: `run ${workload} on ${to} instead of ${from}`,
    rows: needs.samples,
    change: { kind: 'other-gpu', workload, from, to, provider },
    // A range that reaches into a loss is a reason to try it, not to count on it.
    ...(isSafe(choice, kind) ? {} : { toMeasure: toMeasure(choice, from) }),
  };
}

function toMeasure({ gpuModel: to, speed, breakEvenSpeed }: HardwareOption, from: string): string {
  const { low, expected, high } = speed!;
  return `run it on ${to} once and compare its GPU-hours: it is estimated at ${expected.toFixed(2)} times the speed of ${from} (${low.toFixed(2)} to ${high.toFixed(2)}), and costs less above ${breakEvenSpeed!.toFixed(2)}`;
}
