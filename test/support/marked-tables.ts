/** A table of a Markdown page that stands under a comment of the form `example: NAME`. Cells are texts without emphasis. */
export type MarkedTable = Readonly<{ name: string; rows: readonly (readonly string[])[] }>;

const MARK = /^<!-- example: ([a-z-]+) -->$/;

export function markedTables(page: string): MarkedTable[] {
  const lines = page.split('\n');
  return lines.flatMap((line, index) => {
    const name = MARK.exec(line)?.[1];
    return name === undefined ? [] : [{ name, rows: rowsFrom(lines.slice(index + 1)) }];
  });
}

/** The rows below the header and its rule, up to the first line that belongs to no table. */
function rowsFrom(lines: readonly string[]): string[][] {
  const start = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const table = lines.slice(start, length < 0 ? undefined : start + length);
  return table.slice(2).map(cellsOf);
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replace(/[*`]/g, '').trim());
}
