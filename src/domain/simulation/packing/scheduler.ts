import type { Chance } from '../chance.ts';
import { allowedModels, type Cluster, hasRoom, type Placement, place, release } from './cluster.ts';
import { isFraction, type Policy } from './policies/policy.ts';
import type { PodSpec } from './workload.ts';

const NO_ROOM = Number.NEGATIVE_INFINITY;
const ANY_NODE = () => true;

/**
 * Places pods one by one. The score of a node for a kind of pod is kept until that node changes, so a placement costs one pass over
 * kept numbers and a few scores.
 */
export class Scheduler {
  readonly #cluster: Cluster;
  readonly #specs: readonly PodSpec[];
  readonly #policy: Policy;
  readonly #chance: Chance;
  readonly #allowed: readonly Uint8Array[];
  readonly #scores = new Map<number, Float64Array>();
  readonly #scoredAt = new Map<number, Int32Array>();

  constructor(cluster: Cluster, specs: readonly PodSpec[], policy: Policy, chance: Chance) {
    this.#cluster = cluster;
    this.#specs = specs;
    this.#policy = policy;
    this.#chance = chance;
    this.#allowed = specs.map((spec) => allowedModels(cluster, spec));
  }

  /** `null` when no node has room. `mayTake` says which nodes this one pod may go to, beyond what its kind says. */
  place(spec: number, memoryMib: number, mayTake: (node: number) => boolean = ANY_NODE): Placement | null {
    const hasRoomFor = (node: number) => this.#cluster.freeMemoryMib[node]! >= memoryMib && mayTake(node);
    const node = this.#policy.score ? this.#bestNode(spec, hasRoomFor) : this.#anyNode(spec, hasRoomFor);
    if (node < 0) return null;
    const pod = this.#specs[spec]!;
    const gpu = isFraction(pod) ? this.#policy.chooseGpu(node, spec) : null;
    const placement = place(this.#cluster, node, pod, memoryMib, gpu);
    this.#policy.count?.(node, spec, 1);
    return placement;
  }

  release(placement: Placement, spec: number, memoryMib: number): void {
    release(this.#cluster, placement, this.#specs[spec]!, memoryMib);
    this.#policy.count?.(placement.node, spec, -1);
  }

  #bestNode(spec: number, mayTake: (node: number) => boolean): number {
    const scores = this.#currentScores(spec);
    let best = -1;
    let bestScore = NO_ROOM;
    for (let node = 0; node < scores.length; node++) {
      if (scores[node]! > bestScore && mayTake(node)) {
        bestScore = scores[node]!;
        best = node;
      }
    }
    return best;
  }

  #anyNode(spec: number, mayTake: (node: number) => boolean): number {
    const scores = this.#currentScores(spec);
    const fits = (node: number) => scores[node]! > NO_ROOM && mayTake(node);
    let fitting = 0;
    for (let node = 0; node < scores.length; node++) if (fits(node)) fitting += 1;
    if (fitting === 0) return -1;
    let left = this.#chance.below(fitting);
    for (let node = 0; ; node++) {
      if (fits(node) && left-- === 0) return node;
    }
  }

  #currentScores(spec: number): Float64Array {
    const { version } = this.#cluster;
    const scores = this.#keptScores(spec);
    const scoredAt = this.#scoredAt.get(spec)!;
    for (let node = 0; node < scores.length; node++) {
      if (scoredAt[node] === version[node]) continue;
      scores[node] = this.#score(node, spec);
      scoredAt[node] = version[node]!;
    }
    return scores;
  }

  #keptScores(spec: number): Float64Array {
    const kept = this.#scores.get(spec);
    if (kept) return kept;
    const scores = new Float64Array(this.#cluster.names.length);
    this.#scores.set(spec, scores);
    this.#scoredAt.set(spec, new Int32Array(scores.length).fill(-1));
    return scores;
  }

  #score(node: number, spec: number): number {
    const isAllowed = this.#allowed[spec]![this.#cluster.modelOf[node]!] === 1;
    if (!isAllowed || !hasRoom(this.#cluster, node, this.#specs[spec]!)) return NO_ROOM;
    return this.#policy.score?.(node, spec) ?? 0;
  }
}
