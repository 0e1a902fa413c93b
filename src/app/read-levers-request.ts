import { TareError } from './errors.ts';
import type { PlanGrowth } from './tare.ts';

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

const MOST_GROWTH = 0.5;

/** `3%`, `-1.5 %` or `0.03` of demand each month, or `history`. @throws TareError for anything else */
export function readGrowth(text: string): PlanGrowth {
  if (text.trim() === 'history') return { kind: 'history' };
  const [, amount, percent] = /^([+-]?(?:\d+\.?\d*|\.\d+))\s*(%?)$/.exec(text.trim()) ?? [];
  const perMonth = percent === '%' ? Number(amount) / 100 : Number(amount);
  if (amount === undefined || Math.abs(perMonth) > MOST_GROWTH) {
    throw new TareError(
      'usage',
      `"${text}" is no growth of a month`,
      'write a percent from -50% to 50%, such as 3%, or history for what the ledger shows',
    );
  }
  return { kind: 'stated', perMonth };
}
