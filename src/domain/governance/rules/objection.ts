import type { Objection } from '../judged-launch.ts';

export function objection(field: Objection['field'], message: string, fix: string): Objection {
  return { field, message, fix };
}
