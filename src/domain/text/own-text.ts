/**
 * A copy that stands alone. A cell is a view into the chunk of text that it was cut from, so one that is kept for long (the key of a
 * map) would keep the whole chunk in memory.
 */
export function ownText(text: string): string {
  return Array.from(text).join('');
}
