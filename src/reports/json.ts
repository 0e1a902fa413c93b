/**
 * A result as JSON: exact, keys in the order of the documented shape, one trailing line break.
 *
 * Results hold texts, numbers and nulls; a number that is not finite would silently become null, and is a bug instead.
 */
export function renderJson(result: unknown): string {
  return `${JSON.stringify(result, refuseNonsense, 2)}\n`;
}

function refuseNonsense(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`"${key}" is ${value}, not a figure`);
  return value;
}
