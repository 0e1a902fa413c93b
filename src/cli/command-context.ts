import type { Answer } from './answer.ts';
import type { GlobalFlags } from './flags.ts';
import type { Interruption } from './interruption.ts';
import type { createProgressLine } from './progress-line.ts';
import type { Terminal } from './terminal.ts';

/** What an action is given: where to write, whether to stop, and where it was called. */
export type CommandContext = Readonly<{
  terminal: Terminal;
  interruption: Interruption;
  progressLine: ReturnType<typeof createProgressLine>;
  directory: string;
  environment: Readonly<Record<string, string | undefined>>;
  nowMs: () => number;
  /** Takes answers in the place of the terminal, where somebody else shows them. */
  keepAnswer?: (answer: Answer) => void;
}>;

/** Calls an action with the context of the invocation, and keeps its exit code. */
export type RunAction = (
  flags: GlobalFlags,
  action: (context: CommandContext) => Promise<number>,
) => Promise<void>;
