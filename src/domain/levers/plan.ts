import type { Picos } from '../money/picos.ts';
import { type Move, type PlanLever, type Residual, rankOf, STAGES } from './plan-lever.ts';
import { smaller } from './proposal.ts';

/** One lever in its place: what it saves on what those before it have left. */
export type PlanStep<Lever extends PlanLever = PlanLever> = Readonly<{
  lever: Lever;
  moves: readonly Move[];
  saved: Picos;
  /** Levers that had taken a part of the same hours before. */
  takenBefore: readonly string[];
}>;

export type ComposedPlan<Lever extends PlanLever = PlanLever> = Readonly<{
  steps: readonly PlanStep<Lever>[];
  saved: Picos;
  /** What is left of each hour. */
  residual: Residual;
  /** Levers that took a part of an hour, by its index. */
  takenBy: ReadonlyMap<number, ReadonlySet<string>>;
}>;

/**
 * Applies levers one after the other, each to what those before it left (`earlier` says who took from it, for a plan that goes on). Nothing is saved twice: what a step saves is gone for the
 * next, so that the steps add up to the plan, and what is left is the bill less the plan, to the last digit.
 */
export function composePlan<Lever extends PlanLever>(
  whole: Residual,
  levers: readonly Lever[],
  earlier: ComposedPlan['takenBy'] = new Map(),
): ComposedPlan<Lever> {
  const left = copyOf(whole);
  const takenBy = new Map([...earlier].map(([index, names]) => [index, new Set(names)]));
  let saved = 0n;
  const steps = levers.map((lever) => {
    const moves = validMoves(lever.replay(left), left);
    const takenBefore = new Set(lever.scope.flatMap((index) => [...(takenBy.get(index) ?? [])]));
    for (const move of moves) {
      apply(move, left);
      takenBy.set(move.index, (takenBy.get(move.index) ?? new Set()).add(lever.lever));
    }
    const own = sumOfMoves(moves);
    saved += own;
    return { lever, moves, saved: own, takenBefore: [...takenBefore] };
  });
  return { steps, saved, residual: left, takenBy };
}

export type Alone = Readonly<{ moves: readonly Move[]; saved: Picos }>;

/** What a lever would save were it the only one. */
export function savedAlone(whole: Residual, lever: PlanLever): Alone {
  const moves = validMoves(lever.replay(whole), whole);
  return { moves, saved: sumOfMoves(moves) };
}

/** What moves save together, as `savedAlone` counts them. */
export function savedBy(whole: Residual, moves: readonly Move[]): Picos {
  return sumOfMoves(validMoves(moves, whole));
}

/** In the order in which costs flow; within a stage as levers are listed, or the largest first. */
export function inOrder<Lever extends PlanLever>(
  levers: readonly Lever[],
  sizeOf: (lever: Lever) => Picos,
  within: 'as listed' | 'largest first',
): Lever[] {
  const isListed = (lever: Lever) => within === 'as listed' || lever.isTradeOff || lever.stage === 'rate';
  return levers.toSorted(
    (a, b) =>
      STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) ||
      // What hours cost is a matter of those that are left: of prices, spot before a commitment to the rest.
      (a.stage === 'rate' ? 0 : Number(a.isTradeOff) - Number(b.isTradeOff)) ||
      (isListed(a) && isListed(b) ? rankOf(a.lever) - rankOf(b.lever) : 0) ||
      compare(sizeOf(b), sizeOf(a)) ||
      compare(a.id, b.id),
  );
}

type Left = { picos: Picos[]; ticks: bigint[]; gpuModel: string[]; lifecycle: string[] };

function copyOf({ picos, ticks, gpuModel, lifecycle }: Residual): Left {
  return { picos: [...picos], ticks: [...ticks], gpuModel: [...gpuModel], lifecycle: [...lifecycle] };
}

/** One move an hour, and none that takes more than there is or gives something back. */
function validMoves(moves: readonly Move[], { picos: left }: Residual): Move[] {
  const byIndex = new Map<number, Move>();
  for (const move of moves) {
    const earlier = byIndex.get(move.index);
    const picos = smaller(move.picos + (earlier?.picos ?? 0n), left[move.index]!);
    if (picos > 0n) byIndex.set(move.index, { ...earlier, ...move, picos });
  }
  return [...byIndex.values()];
}

function apply({ index, picos, ticks, gpuModel, lifecycle }: Move, left: Left): void {
  const before = left.picos[index]!;
  left.picos[index] = before - picos;
  left.ticks[index] = ticks ?? (left.ticks[index]! * (before - picos)) / before;
  if (gpuModel !== undefined) left.gpuModel[index] = gpuModel;
  if (lifecycle !== undefined) left.lifecycle[index] = lifecycle;
}

function sumOfMoves(moves: readonly Move[]): Picos {
  return moves.reduce((sum, { picos }) => sum + picos, 0n);
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
