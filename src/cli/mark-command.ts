import type { Command, Option } from 'commander';

/**
 * Puts `--` in front of the command that `tare run` is to meter, where the user did not: from its first word on, everything is the
 * command's, also words that look like options of Tare. Other invocations stay as they are.
 */
export function markCommand(program: Command, words: readonly string[]): readonly string[] {
  const at = firstArgument(words, 0, program.options);
  const run = program.commands.find((command) => command.name() === 'run');
  if (run === undefined || words[at] !== 'run') return words;
  const start = firstArgument(words, at + 1, [...program.options, ...run.options]);
  if (start >= words.length || words[start] === '--') return words;
  return [...words.slice(0, start), '--', ...words.slice(start)];
}

/** The words that are Tare's own, where the rest is a command to meter. */
export function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** Place of the first word that is neither an option nor the value of one; of `--`, if that comes before. */
function firstArgument(words: readonly string[], from: number, options: readonly Option[]): number {
  let at = from;
  while (at < words.length) {
    const word = words[at]!;
    if (word === '--' || !word.startsWith('-') || word === '-') return at;
    const option = options.find(({ long, short }) => word === long || word === short);
    at += option !== undefined && (option.required || option.optional) ? 2 : 1;
  }
  return words.length;
}
