import { createChance } from '../chance.ts';

/** Times at which requests come by chance, `perMs` of them in a millisecond on average. The same seed gives the same times. */
export function poissonArrivals(count: number, perMs: number, seed: number): Float64Array {
  const chance = createChance(seed, 'requests');
  const arrivalsMs = new Float64Array(count);
  let atMs = 0;
  for (let request = 0; request < count; request++) {
    atMs += chance.exponential() / perMs;
    arrivalsMs[request] = atMs;
  }
  return arrivalsMs;
}
