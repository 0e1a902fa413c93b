import type { Attributes } from '../facts/facts.ts';
import { compareText } from './compare-text.ts';

/** The spelling under which equal attributes are one set. */
export function attributesKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => compareText(a, b)));
}
