/** Far more than any cluster has; a list beyond it is damaged. */
const MAX_NODES = 100_000;

/**
 * The nodes of a list as Slurm writes it, in its order: `gpu[01-03,07],login` → gpu01, gpu02, gpu03, gpu07, login. Numbers keep the width
 * that their range begins with, and a name may hold several ranges. `null` for a text that is no such list.
 */
export function expandNodeList(text: string): readonly string[] | null {
  const names: string[] = [];
  for (const pattern of splitOutside(text)) {
    const expanded = expandName(pattern.trim());
    if (expanded === null || names.length + expanded.length > MAX_NODES) return null;
    names.push(...expanded);
  }
  return names;
}

/** Commas inside brackets belong to a range. */
function splitOutside(text: string): string[] {
  return text.split(/,(?![^[]*\])/);
}

function expandName(pattern: string): string[] | null {
  const match = /^([^[\]]*)\[([^[\]]+)\](.*)$/.exec(pattern);
  if (!match) return pattern === '' || /[[\]\s]/.test(pattern) ? null : [pattern];
  const [, before, ranges, after] = match;
  const numbers = ranges!.split(',').map(expandRange);
  const rest = after === '' ? [''] : expandName(after!);
  if (rest === null || numbers.includes(null)) return null;
  return numbers.flatMap((range) =>
    range!.flatMap((number) => rest.map((end) => `${before}${number}${end}`)),
  );
}

function expandRange(range: string): string[] | null {
  const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
  if (!match) return null;
  const [, first, last = first] = match;
  const count = Number(last) - Number(first) + 1;
  if (count < 1 || count > MAX_NODES) return null;
  return Array.from({ length: count }, (_, index) =>
    String(Number(first) + index).padStart(first!.length, '0'),
  );
}
