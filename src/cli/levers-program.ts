import type { Command } from 'commander';
import { DEFAULT_LEVER_SEED } from '../app/tare.ts';
import type { RunAction } from './command-context.ts';
import { collectList, parseCount } from './flag-values.ts';
import type { LeversFlags } from './flags.ts';

/** `tare levers`. */
export function addLevers(program: Command, run: RunAction): void {
  program
    .command('levers')
    .description('what to change, and what each change would have saved on your own history')
    .option('--emit <dir>', 'write the changes to make into this folder')
    .option('--seed <n>', 'another resampling of history for the ranges', parseCount, DEFAULT_LEVER_SEED)
    .option(
      '--slo <endpoint=ms>',
      'the latency that an endpoint promises to 99 % of its requests (default: 1.25 times what is measured); repeatable',
      collectList,
      [],
    )
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<LeversFlags>();
      return run(flags, async (context) => (await import('./commands/levers.ts')).levers(context, flags));
    });
}
