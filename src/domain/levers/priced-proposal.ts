import type { PlanChange } from './plan-change.ts';
import type { Move, Residual } from './plan-lever.ts';
import type { Risk } from './proposal.ts';

/** A lever on what is paid, on which machines, or on the model, with everything that a person is told of it. */
export type PricedProposal = Readonly<{
  lever: string;
  target: string;
  owner: string;
  replay(residual: Residual): readonly Move[];
  scope: readonly number[];
  isTradeOff: boolean;
  markets: readonly string[];
  /** It changes what a model answers, so that its quality has to be measured. */
  needsQuality: boolean;
  risk: Risk;
  facts: readonly string[];
  assumptions: readonly string[];
  action: string;
  rows: number;
  change: PlanChange | null;
  /** Set where too little is known to count on it: what has to be measured first. */
  toMeasure?: string;
}>;

/** What a lever proposes, and what it could not judge for want of what. */
export type ProposedLevers = Readonly<{
  proposals: readonly PricedProposal[];
  missing: readonly Readonly<{ lever: string; target: string | null; reason: string }>[];
}>;
