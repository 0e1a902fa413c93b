import type { Warning } from '../../ports/source.ts';

/** One warning per code, counts added; the first message speaks for all. */
export function mergeWarnings(warnings: readonly Warning[]): Warning[] {
  const byCode = new Map<string, Warning>();
  for (const warning of warnings) {
    const known = byCode.get(warning.code);
    byCode.set(warning.code, known ? { ...known, count: known.count + warning.count } : warning);
  }
  return [...byCode.values()];
}
