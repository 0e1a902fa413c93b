import { PPM } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import type { Move, Residual } from './plan-lever.ts';
import type { PricedProposal } from './priced-proposal.ts';

export const MODEL_LEVERS = ['quantise', 'distil', 'route', 'cache'] as const;
export type ModelLever = (typeof MODEL_LEVERS)[number];

/** What somebody measured of a change to a model: how much work it leaves, and how good the answers were. */
export type ModelEvidence = Readonly<{
  lever: ModelLever;
  endpoint: string;
  /** Of the requests (or prompt work) it is about, 0–1. */
  share: number;
  /** Cost of one of those with the change ÷ without it: throughput before ÷ after, the price of the cheaper model ÷ the dearer, 0 for a cache. */
  costFactor: number;
  /** Mean scores, higher being better; `null` where nobody measured them. */
  qualityBefore: number | null;
  qualityAfter: number | null;
  /** Share of the quality that may be lost. */
  tolerance: number;
  /** True where the answers are the same, as with a cache of exactly the same requests or of prompt prefixes. */
  keepsAnswers: boolean;
  /** Where it was measured. */
  source: string;
}>;

export type QualityState = 'kept' | 'within-tolerance' | 'too-low' | 'unmeasured';

/** A change to a model without a measured quality is an experiment, whatever it would save. */
export function qualityState({
  keepsAnswers,
  qualityBefore,
  qualityAfter,
  tolerance,
}: ModelEvidence): QualityState {
  if (keepsAnswers) return 'kept';
  if (qualityBefore === null || qualityAfter === null) return 'unmeasured';
  return qualityAfter >= qualityBefore * (1 - tolerance) ? 'within-tolerance' : 'too-low';
}

/** Share of the endpoint's cost that the change takes away. */
export function savedShare({ share, costFactor }: ModelEvidence): number {
  return Math.max(0, Math.min(1, share * (1 - costFactor)));
}

/** The lever over the hours of its endpoint; `null` where the ledger has none. */
export function modelProposal(hours: readonly HolderHour[], evidence: ModelEvidence): PricedProposal | null {
  const { endpoint, lever, source } = evidence;
  const scope = [...hours.keys()].filter(
    (index) =>
      hours[index]!.workload === endpoint && ['inference', 'api', 'batch'].includes(hours[index]!.kind),
  );
  if (scope.length === 0) return null;
  const sharePpm = BigInt(Math.round(savedShare(evidence) * PPM));
  const last = hours[scope.at(-1)!]!;
  const state = qualityState(evidence);
  return {
    lever,
    target: endpoint,
    owner: last.team,
    replay: (residual) => movesOf(scope, residual, sharePpm),
    scope,
    isTradeOff: false,
    markets: [],
    needsQuality: state !== 'kept',
    risk: state === 'kept' ? 'low' : 'medium',
    facts: [
      `${percent(evidence.share)} of the work costs ${evidence.costFactor.toFixed(2)} of what it did: ${source}`,
      ...(state === 'within-tolerance'
        ? [
            `quality ${evidence.qualityAfter} after ${evidence.qualityBefore}, of which ${percent(evidence.tolerance)} may be lost`,
          ]
        : []),
    ],
    assumptions: [
      ...(last.kind === 'api' ? [] : ['replicas are given back as their work goes away']),
      state === 'kept'
        ? 'the answers stay the same'
        : 'the quality that was measured holds for all of its traffic: verify it after the change',
    ],
    action: ACTIONS[lever](endpoint),
    rows: scope.length,
    change: null,
  };
}

const ACTIONS: Readonly<Record<ModelLever, (endpoint: string) => string>> = {
  quantise: (endpoint) => `serve ${endpoint} with quantised weights`,
  distil: (endpoint) => `serve ${endpoint} with the smaller model that was distilled for it`,
  route: (endpoint) => `send the easy requests of ${endpoint} to the cheaper model`,
  cache: (endpoint) => `cache what repeats in the requests of ${endpoint}`,
};

function movesOf(scope: readonly number[], { picos }: Residual, sharePpm: bigint): Move[] {
  return scope.map((index) => ({ index, picos: (picos[index]! * sharePpm) / BigInt(PPM) }));
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(1))} %`;
}
