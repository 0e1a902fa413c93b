import { CommanderError } from 'commander';
import { TareError } from '../app/errors.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import type { GlobalFlags } from './flags.ts';
import { watchInterruption } from './interruption.ts';
import { markCommand, ownWords } from './mark-command.ts';
import { buildProgram } from './program.ts';
import { createProgressLine } from './progress-line.ts';
import { reportError } from './report-error.ts';
import { createTerminal } from './terminal.ts';
import { TARE_VERSION } from './version.ts';

/** Runs one invocation and returns its exit code. Nothing below this ends the process, but a second Ctrl-C. */
export async function runCli(given: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.fine;
  const own = ownWords(given);
  const program = buildProgram({
    version: TARE_VERSION,
    fileKinds: own.includes('import') && asksForHelp(own) ? (await import('../compose.ts')).fileKinds() : [],
    run: async (flags, action) => {
      const context = createContext(flags);
      try {
        exitCode = await action(context);
      } catch (error) {
        context.progressLine.end();
        exitCode = reportError(error, context.terminal);
      }
    },
  });
  visitCommands(program, (command) => {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  });

  const words = markCommand(program, given);
  if (words.length === 0) {
    program.outputHelp();
    return EXIT.fine;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.fine;
    return reportError(
      describeUsage(error),
      createTerminal({ isQuiet: false, isAscii: false, isPlain: false }),
    );
  }
  return exitCode;
}

function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === '--help' || word === '-h' || word === 'help');
}

function createContext(flags: GlobalFlags): CommandContext {
  const isQuiet = flags.quiet ?? false;
  const terminal = createTerminal({ isQuiet, isAscii: flags.ascii ?? false, isPlain: !flags.color });
  const progressLine = createProgressLine({
    write: (text) => void process.stderr.write(text),
    isTerminal: terminal.isStderrTerminal,
    isQuiet,
    width: process.stderr.columns ?? terminal.width,
    nowMs: () => performance.now(),
  });
  const interruption = watchInterruption((text) => {
    progressLine.end();
    terminal.note(text);
  });
  return {
    terminal,
    interruption,
    progressLine,
    directory: process.cwd(),
    environment: process.env,
    nowMs: () => Date.now(),
  };
}

/** commander says `error: unknown option '--frm'\n(Did you mean --from?)`. */
function describeUsage(error: CommanderError): TareError {
  if (error.code === 'commander.help') {
    return new TareError(
      'usage',
      'a command is missing',
      'tare --help lists the commands, tare report --help the reports',
    );
  }
  const [what = '', meant] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /\(Did you mean (.+?)\?\)/.exec(meant ?? '')?.[1];
  const remedy = `${suggestion ? `did you mean ${suggestion}? ` : ''}see tare --help, or --help after the command`;
  return new TareError('usage', what, remedy);
}

type AnyCommand = ReturnType<typeof buildProgram>;

function visitCommands(command: AnyCommand, visit: (command: AnyCommand) => void): void {
  visit(command);
  for (const child of command.commands) visitCommands(child as AnyCommand, visit);
}
