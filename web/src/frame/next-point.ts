/** Where an arrow key leads in a chart of `last + 1` points; `undefined` for a key that means nothing here, `null` to leave the points. */
export function nextPoint(key: string, selected: number | null, last: number): number | null | undefined {
  if (last < 0) return undefined;
  switch (key) {
    case 'ArrowLeft':
      return selected === null ? last : Math.max(0, selected - 1);
    case 'ArrowRight':
      return selected === null ? 0 : Math.min(last, selected + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}
