import type { AttributeValue, Wanted } from './telemetry.ts';
import { MalformedMessage } from './wire-reader.ts';

type Json = Readonly<Record<string, unknown>>;

/** OTLP's JSON: names in lower camel case, ids in hex, 64-bit numbers as text or number, enums as numbers, unknown fields ignored. */
export function parseJson(bytes: Buffer): Json {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new MalformedMessage(`this is not JSON: ${(error as Error).message}`);
  }
  return asObject(value, 'the body');
}

export function asObject(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new MalformedMessage(`${what} is not a JSON object`);
}

/** An absent list is an empty one. */
export function objectsIn(value: unknown, what: string): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedMessage(`${what} is not a list`);
  return value.map((item) => asObject(item, `an item of ${what}`));
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : 0;
}

export function numbersIn(value: unknown): number[] {
  return Array.isArray(value) ? value.map(numberOf) : [];
}

/** Nanoseconds as text hold more digits than a number; a millisecond's fraction is kept. */
export function nanosAsMs(value: unknown): number {
  if (typeof value === 'number') return value / 1e6;
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return 0;
  const digits = value.padStart(7, '0');
  return Number(digits.slice(0, -6)) + Number(digits.slice(-6)) / 1e6;
}

export function attributesIn(value: unknown, isWanted: Wanted): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const item of objectsIn(value, 'attributes')) {
    const key = textOf(item['key']);
    if (!isWanted(key)) continue;
    const read = anyValue(item['value']);
    if (read !== undefined) attributes.set(key, read);
  }
  return attributes;
}

function anyValue(value: unknown): AttributeValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const any = value as Json;
  if (typeof any['stringValue'] === 'string') return any['stringValue'];
  if (typeof any['boolValue'] === 'boolean') return any['boolValue'];
  if (any['intValue'] !== undefined) return numberOf(any['intValue']);
  if (any['doubleValue'] !== undefined) return numberOf(any['doubleValue']);
  const list = (any['arrayValue'] as Json | undefined)?.['values'];
  return Array.isArray(list) ? list.map(anyValue).filter((item) => item !== undefined) : undefined;
}
