import { TareError } from './errors.ts';

/** `embedder=40`: the latency in ms that an endpoint promises to 99 % of its requests. @throws TareError for anything else */
export function readSlos(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, endpoint, amount] = /^(.+)=(\d+\.?\d*|\.\d+)$/.exec(text.trim()) ?? [];
      const ms = Number(amount);
      if (endpoint === undefined || !(ms > 0)) {
        throw new TareError(
          'usage',
          `"${text}" promises no latency`,
          'write endpoint=milliseconds, such as embedder=40',
        );
      }
      return [endpoint, ms];
    }),
  );
}

/** The other way round, for a request that goes to a server. */
export function writeSlos(sloMs: Readonly<Record<string, number>>): string[] {
  return Object.entries(sloMs).map(([endpoint, ms]) => `${endpoint}=${ms}`);
}
