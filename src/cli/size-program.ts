import { type Command, Option } from 'commander';
import { LIFECYCLES } from '../domain/facts/facts.ts';
import type { RunAction } from './command-context.ts';
import {
  parseCountAboveZero,
  parseFractionText,
  parseMoney,
  parsePositive,
  parseShareText,
} from './flag-values.ts';
import type { SizeFlags } from './flags.ts';

/** `tare size`. */
export function addSize(program: Command, run: RunAction): void {
  program
    .command('size')
    .description('what a fleet would cost, and how much of it would be waste')
    .requiredOption('--gpus <n>', 'how many', parseCountAboveZero)
    .option('--gpu-model <name>', 'which, as anyone spells it: H100, a100-80gb')
    .requiredOption(
      '--utilization <fraction>',
      'share of the time that they work, such as 0.41',
      parseFractionText,
    )
    .option('--hours-per-month <h>', 'hours that are paid for', parsePositive, 730)
    .option('--price <price>', 'of a GPU-hour (default: the middle of the list prices)', parseMoney)
    .addOption(
      new Option('--lifecycle <lifecycle>', 'how it is paid').choices(LIFECYCLES).default('on_demand'),
    )
    .option('--provider <name>', 'list prices of this one only')
    .option('--region <name>', 'list prices of this region only')
    .option('--target-utilization <fraction>', 'what a smaller fleet could be run at', parseShareText, '0.8')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<SizeFlags>();
      return run(flags, async (context) => (await import('./commands/size.ts')).size(context, flags));
    });
}
