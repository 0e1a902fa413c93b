import { type Command, Option } from 'commander';
import { SPOT_SIDES } from '../app/read-spot-request.ts';
import { SPOT_GRAINS } from '../app/results/spot.ts';
import { DEFAULT_LEVER_SEED, HARDWARE_SORTS, SPOT_SORTS } from '../app/tare.ts';
import type { RunAction } from './command-context.ts';
import { collectList, parseCount } from './flag-values.ts';
import type { HardwareFlags, SpotReportFlags } from './flags.ts';

/** `tare report spot` and `tare report hardware`: what work could run on instead. */
export function addFitReports(report: Command, run: RunAction): void {
  report
    .command('spot')
    .description(
      'which past work could have run on spot, what it would have cost, and why the rest could not',
    )
    .addOption(new Option('--by <grain>', 'what a row is').choices(SPOT_GRAINS).default('run'))
    .addOption(new Option('--only <side>', 'what could, or what could not').choices(SPOT_SIDES))
    .option('--workload <name>', 'nothing but this one')
    .addOption(
      new Option('--sort <column>', 'the largest or latest first').choices(SPOT_SORTS).default('saved'),
    )
    .option('--top <n>', 'so many rows', parseCount)
    .option('--offset <n>', 'and so many before them left out', parseCount)
    .option(
      '--deadline <workload=hours>',
      'when its runs have to be done, from their start; repeatable',
      collectList,
      [],
    )
    .option(
      '--spot-price <GPU=price>',
      'what a GPU-hour would cost on spot, instead of what is known; repeatable',
      collectList,
      [],
    )
    .option('--seed <n>', 'another resampling of history for the ranges', parseCount, DEFAULT_LEVER_SEED)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<SpotReportFlags>();
      return run(flags, async (context) => (await import('./commands/fit.ts')).reportSpot(context, flags));
    });
  report
    .command('hardware')
    .description('the kinds of GPU that each job and endpoint could run on, side by side')
    .option('--workload <name>', 'nothing but this one')
    .addOption(
      new Option('--sort <column>', 'of workloads, the largest first')
        .choices(HARDWARE_SORTS)
        .default('saving'),
    )
    .option('--top <n>', 'so many workloads', parseCount)
    .option('--offset <n>', 'and so many before them left out', parseCount)
    .option(
      '--slo <endpoint=ms>',
      'what 99 % of the requests of an endpoint are promised; repeatable',
      collectList,
      [],
    )
    .option(
      '--throughput <workload@GPU=amount>',
      'work a second on a kind of GPU, from a profile, 0 where it does not run; repeatable',
      collectList,
      [],
    )
    .option('--seed <n>', 'another resampling of history for the ranges', parseCount, DEFAULT_LEVER_SEED)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<HardwareFlags>();
      return run(flags, async (context) =>
        (await import('./commands/fit.ts')).reportHardware(context, flags),
      );
    });
}
