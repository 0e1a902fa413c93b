import { type Said, SPELLINGS } from './spellings.ts';
import type { Attributes } from './telemetry.ts';

/** The first of the spellings that says something; blank texts say nothing. */
export function textOf(attributes: Attributes, said: Said | readonly string[]): string | null {
  for (const key of keysOf(said)) {
    const value = attributes.get(key);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return null;
}

/** Numbers, also those that a library wrote as text. Not below zero. */
export function numberOf(attributes: Attributes, said: Said | readonly string[]): number | null {
  for (const key of keysOf(said)) {
    const value = attributes.get(key);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  }
  return null;
}

function keysOf(said: Said | readonly string[]): readonly string[] {
  return typeof said === 'string' ? SPELLINGS[said] : said;
}
