import type { Pattern, Scheme } from '../buckets/buckets.ts';
import { INK } from './chart-ink.ts';

/** Colour and pattern of what is drawn with a bar: nothing is told by colour alone. */
export function barFill(color: string, pattern: Pattern, scheme: Scheme, isThin: boolean): object {
  return pattern === 'outline'
    ? { color: INK[scheme].back, borderColor: color, borderWidth: isThin ? 0.5 : 1 }
    : { color, borderColor: INK[scheme].back, borderWidth: isThin ? 0 : 0.5 };
}
