import { isUnknownText, readNumber } from '../../files/read-cell.ts';
import type { RowReader } from '../../files/row-reader.ts';

/** Losses that ran away: a number for machines, and nothing to compare by. */
const NOT_FINITE = /^[+-]?inf(inity)?$/i;

/** `parameters` and the columns `param.NAME`; `null` when the row has neither. */
export function readParameters(reader: RowReader): Record<string, string> | null {
  const record = reader.record('parameters');
  const columns = reader.family('param.');
  return record === null && columns.length === 0 ? null : Object.fromEntries([...(record ?? []), ...columns]);
}

/** `metrics` and the columns `metric.NAME`, as numbers; what is not finite is left out. */
export function readMetrics(reader: RowReader): Record<string, number> {
  const metrics: [string, number][] = [];
  const add = (column: string, name: string, text: string) => {
    if (isUnknownText(text) || NOT_FINITE.test(text)) return;
    const cell = readNumber(text);
    if ('value' in cell) metrics.push([name, cell.value]);
    else reader.fail(column, cell.problem.code, `metric \`${name}\`: ${cell.problem.message}`);
  };
  for (const [name, text] of reader.record('metrics') ?? []) add('metrics', name, text);
  for (const [name, text] of reader.family('metric.')) add(`metric.${name}`, name, text);
  return Object.fromEntries(metrics);
}
