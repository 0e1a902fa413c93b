import type { Command } from 'commander';
import type { RecordSettings } from '../../../traces/read-records.ts';
import type { CommandContext } from '../../command-context.ts';
import { collectPair, parseCount } from '../../flag-values.ts';

/** What every simulator that reads a trace takes. */
export type TraceFlags = Readonly<{
  map: Readonly<Record<string, string>>;
  set: Readonly<Record<string, string>>;
  maxRejects: number;
}>;

export function addTraceFlags(command: Command): Command {
  return command
    .option('--map <column=theirs>', 'our column under their name; repeatable', collectPair, {})
    .option('--set <column=value>', 'our column as a constant; repeatable', collectPair, {})
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected rows', parseCount, 0);
}

export function traceSettings({ interruption }: CommandContext, { map, set }: TraceFlags): RecordSettings {
  return { map, set, fields: null, signal: interruption.signal() };
}

/** The columns of a file as lines of a help text. */
export function describeColumns(
  title: string,
  columns: readonly Readonly<{
    name: string;
    isRequired: boolean;
    meaning: string;
    aliases?: readonly string[];
  }>[],
): string {
  const lines = columns.map(({ name, isRequired, meaning, aliases = [] }) => {
    const others = aliases.length > 0 ? `; also ${aliases.join(', ')}` : '';
    return `  ${name}${isRequired ? ' (required)' : ''}: ${meaning}${others}`;
  });
  return ['', title, ...lines].join('\n');
}
