import type { Command, Option } from 'commander';
import type { FileKind } from '../compose.ts';

/** The reference page of the command line, from the commands themselves. */
export function referenceText(program: Command, kinds: readonly FileKind[]): string {
  return [
    '# The command line',
    '',
    'Generated from the commands; `npx vitest run src/cli -u` writes it anew.',
    '',
    program.description(),
    '',
    'JSON, tables and CSV go to stdout alone; sentences, notes, progress and warnings go to stderr when stdout is no terminal.',
    'What the process ends with: [exit codes](exit-codes.md). What can go wrong: [errors](errors.md).',
    '',
    '## Options of every command',
    '',
    ...optionTable(program.options),
    ...leaves(program).flatMap(commandText),
    '',
    '## Kinds of files',
    '',
    'What `tare import --kind` reads. Each column is also what `--map` and `--set` name; a file that spells them so needs neither.',
    ...kinds.flatMap(kindText),
  ].join('\n');
}

function leaves(command: Command): Command[] {
  return command.commands.flatMap((child) => (child.commands.length > 0 ? leaves(child) : [child]));
}

function commandText(command: Command): string[] {
  const name = nameOf(command);
  return [
    '',
    `## ${name}`,
    '',
    `${capitalised(command.description())}.`,
    '',
    '```',
    `${name} ${command.usage()}`,
    '```',
    ...command.registeredArguments.map((argument) => `\n\`${argument.name()}\`: ${argument.description}.`),
    ...(command.options.length > 0 ? ['', ...optionTable(command.options)] : []),
  ];
}

function kindText({ kind, summary, columns }: FileKind): string[] {
  const lines = columns.map(
    ({ name, isRequired, meaning }) =>
      `| \`${name}\`${isRequired ? ' (required)' : ''} | ${escaped(meaning)} |`,
  );
  const table = lines.length > 0 ? ['', '| column | meaning |', '| --- | --- |', ...lines] : [];
  return ['', `### ${kind}`, '', `${capitalised(summary)}.`, ...table];
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function optionTable(options: readonly Option[]): string[] {
  return ['| option | meaning |', '| --- | --- |', ...options.map(optionLine)];
}

function optionLine(option: Option): string {
  const notes = [
    ...(option.argChoices ? [option.argChoices.join(', ')] : []),
    ...(isWorthSaying(option.defaultValue) ? [`default: ${option.defaultValue}`] : []),
    ...(option.mandatory ? ['required'] : []),
  ];
  const meaning = notes.length > 0 ? `${option.description} (${notes.join('; ')})` : option.description;
  return `| \`${option.flags}\` | ${escaped(meaning)} |`;
}

/** `{}`, `[]` and the `true` of a `--no-…` flag are how it is kept, not something to know. */
function isWorthSaying(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && value !== 0);
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
