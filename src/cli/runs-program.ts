import { type Command, Option } from 'commander';
import { LIFECYCLES } from '../domain/facts/facts.ts';
import type { RunAction } from './command-context.ts';
import {
  collectList,
  collectNamed,
  parseCount,
  parseDecimal,
  parseDuration,
  parseNumber,
} from './flag-values.ts';
import type { CadenceFlags, RunFlags } from './flags.ts';

/** `tare run`: meters a command. */
export function addRun(program: Command, run: RunAction): void {
  program
    .command('run')
    .description('meters a command as `time` does: GPU-hours, buckets, dollars; records it as a run')
    .usage('[options] [--] <command...>')
    .argument('<command...>', 'what to run; its output, input, signals and exit code stay its own')
    .option('--team <name>', 'who owns the run (TARE_TEAM)')
    .option('--model <name>', 'the model that it trains (TARE_MODEL)')
    .option('--environment <name>', 'such as research or production (TARE_ENVIRONMENT)')
    .option('--name <name>', 'what reports call it (default: the command)')
    .option('--experiment <name>', 'the runs that it is compared with (TARE_EXPERIMENT)')
    .option('--param <name=value>', 'a parameter of the run; repeatable', collectNamed, {})
    .option('--tag <name=value>', 'for owner rules, as tag:NAME; repeatable', collectNamed, {})
    .option('--data <version>', 'names the data that it reads, so that a repetition is recognised')
    .option(
      '--checkpoint-glob <pattern>',
      'files whose time of change is a checkpoint, quoted; repeatable',
      collectList,
      [],
    )
    .option('--interval <duration>', 'between samples (default: 1s at first, 5s later)', parseDuration)
    .addOption(new Option('--lifecycle <lifecycle>', 'how the machine is paid').choices(LIFECYCLES))
    .option('--provider <name>', 'cloud that the machine is rented from')
    .option('--region <name>', 'its region')
    .option('--instance-type <name>', 'its machine type, for the price')
    .option('--resource-id <id>', 'its id on the bill')
    .option('--gpu-hour-price <amount>', 'what a GPU-hour costs, for this receipt', parseDecimal)
    .option('--held-only', 'record who held the GPUs; what they did and cost is measured by others')
    .option('--receipt <file>', 'write the receipt there too, as JSON')
    .addHelpText('after', '\n--quiet prints no receipt, --json prints it as JSON; both to stderr.')
    .action((words: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<RunFlags>();
      return run(flags, async (context) => (await import('./commands/run.ts')).run(context, flags, words));
    });
}

/** `tare runs …`: what to do about runs that are known. */
export function addRuns(program: Command, run: RunAction): void {
  program
    .command('runs')
    .description('what to do about training runs')
    .command('cadence')
    .description('how often to retrain a model: what a retraining costs against what lost quality costs')
    .argument('<model>', 'as report runs --by model names it')
    .requiredOption('--value <amount>', 'what a point of quality is worth on a day')
    .option('--cost <amount>', 'what a retraining costs (default: measured on the runs of the model)')
    .option('--decay <points>', 'points of quality lost a day', parseNumber)
    .option('--decay-limit <points>', 'and never more than this: the decay is exponential', parseNumber)
    .option('--decay-points <days=loss,…>', 'measured losses so many days after a training')
    .option('--score <name>', 'measured by scores of the model over time, between its trainings')
    .option('--metric <name>', 'measured on successive runs: what a run reached')
    .option('--metric-before <name>', 'and what the model that it replaces still reached then')
    .addOption(
      new Option('--direction <direction>', 'which way the metric is better')
        .choices(['max', 'min'])
        .default('max'),
    )
    .option('--filter <dimension=value>', 'only these runs of the model; repeatable', collectList, [])
    .option('--seed <n>', 'another draw of the ranges', parseCount, 42)
    .action((model: string, _, invoked: Command) => {
      const flags = invoked.optsWithGlobals<CadenceFlags>();
      return run(flags, async (context) =>
        (await import('./commands/runs.ts')).cadence(context, flags, model),
      );
    });
}
