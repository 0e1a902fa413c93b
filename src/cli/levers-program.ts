import { type Command, Option } from 'commander';
import { DEFAULT_LEVER_SEED } from '../app/tare.ts';
import type { RunAction } from './command-context.ts';
import { collectList, parseCount, parseDecimal, parseFraction } from './flag-values.ts';
import type { GlobalFlags, LeversFlags, TakeFlags, VerifyFlags } from './flags.ts';

/** `tare levers`, `tare levers take`, `tare levers taken`. */
export function addLevers(program: Command, run: RunAction): void {
  const levers = program
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
  levers
    .command('take')
    .description('records that a change was made, with what it was promised to save')
    .argument('<change>', 'as the plan names it: scale-to-zero/search-staging')
    .option('--at <when>', 'when it was made: an ISO day or instant (default: now)')
    .option('--by <who>', 'who made it')
    .option('--promised <amount>', 'what a month was to save (default: as the plan had it)', parseDecimal)
    .action((change: string, _, command: Command) => {
      const flags = command.optsWithGlobals<TakeFlags>();
      return run(flags, async (context) =>
        (await import('./commands/verify.ts')).take(context, flags, change),
      );
    });
  levers
    .command('taken')
    .description('changes that were made: promised, realised, drift')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) => (await import('./commands/verify.ts')).taken(context, flags));
    });
}

/** `tare verify`. */
export function addVerify(program: Command, run: RunAction): void {
  program
    .command('verify')
    .description('before a change against after it: did it save, did latency or quality slip')
    .argument(
      '<change>',
      'endpoint:NAME, run:NAME, team:NAME or another dimension, or a lever as the plan names it',
    )
    .option('--at <when>', 'when it was made: an ISO day or instant (default: as it was recorded)')
    .option('--confidence <share>', 'of the verdict (default: 0.95)', parseFraction)
    .option('--tolerance <share>', 'by which latency and quality may get worse (default: 0)', parseFraction)
    .addOption(
      new Option(
        '--unit <unit>',
        'what the cost is divided by (default: requests, where there are any)',
      ).choices(['requests', 'productive', 'gpu-hours', 'hours']),
    )
    .option(
      '--lower-is-better <name>',
      'a score or metric of which less is better; repeatable',
      collectList,
      [],
    )
    .option('--metric <name>', 'of runs: a metric that counts as quality; repeatable', collectList, [])
    .addHelpText('after', '\nExits 3 when it is degraded, and 4 when there is too little to compare.')
    .action((change: string, _, command: Command) => {
      const flags = command.optsWithGlobals<VerifyFlags>();
      return run(flags, async (context) =>
        (await import('./commands/verify.ts')).verify(context, flags, change),
      );
    });
}
