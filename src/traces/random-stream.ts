import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of chance from 0 to below 1. The same seed gives the same stream. */
export function randomStream(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  // Neighbouring seeds start alike and drift apart within a few draws.
  for (let draw = 0; draw < 16; draw++) generator.next();
  return () => (generator.next() >>> 0) / 4_294_967_296;
}
