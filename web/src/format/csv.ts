/** RFC 4180: a heading, one line per row, quotes where a cell needs them. Figures go in with every digit. */
export function toCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  return [header, ...rows]
    .map((row) => row.map(cell).join(','))
    .join('\r\n')
    .concat('\r\n');
}

function cell(value: string | number | null): string {
  const text = value === null ? '' : guarded(String(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet runs what starts like a formula, and anyone who can set a label names a team. */
function guarded(text: string): string {
  return /^[=@\t]|^[+-](?![\d.])/.test(text) ? `'${text}` : text;
}
