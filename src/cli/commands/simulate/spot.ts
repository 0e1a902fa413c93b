import { type Command, Option } from 'commander';
import type { SpotRequest } from '../../../app/simulate/simulate-spot.ts';
import { SPOT_POLICY_NAMES, type SpotPolicyName } from '../../../domain/simulation/spot/spot-policy-name.ts';
import type { CommandContext, RunAction } from '../../command-context.ts';
import { parseAmount, parseCount, parseMoney, parsePositive } from '../../flag-values.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter } from './finish.ts';

type SpotFlags = GlobalFlags &
  Readonly<{
    traces: string;
    workHours: number;
    deadlineHours: number;
    changeoverHours: number;
    onDemand: string;
    spot: string;
    policy: SpotPolicyName;
    checkpointSeconds?: number;
    compare?: boolean;
    history: boolean;
    starts: number;
    seed: number;
    instances: number;
    gapSeconds?: number;
    tickSeconds?: number;
    inverted?: boolean;
    extraTick?: boolean;
    maxRejects: number;
  }>;

export function addSpot(simulate: Command, run: RunAction): void {
  simulate
    .command('spot')
    .description('a job with a deadline on spot capacity: what each policy would have paid')
    .requiredOption('--traces <file>', 'availability of spot capacity, JSON: starts or one record')
    .requiredOption('--work-hours <h>', 'work of the job, without change-overs', parsePositive)
    .requiredOption('--deadline-hours <h>', 'from its start', parsePositive)
    .option('--changeover-hours <h>', 'what each start takes before work goes on', parseAmount, 0.1)
    .requiredOption('--on-demand <price>', 'price of an hour on demand', parseMoney)
    .requiredOption('--spot <price>', 'price of an hour on spot', parseMoney)
    .addOption(
      new Option('--policy <policy>', 'which one to play').choices(SPOT_POLICY_NAMES).default('tare'),
    )
    .option(
      '--checkpoint-seconds <s>',
      'what one checkpoint takes: says how often to make one',
      parsePositive,
    )
    .option('--compare', 'play all of them, and say how much of the gap to the optimum is closed')
    .option('--no-history', 'no policy may know what came before its start')
    .option('--starts <n>', 'starts to draw where the file is one record', parseCount, 300)
    .option('--seed <n>', 'other starts', parseCount, 42)
    .option('--instances <n>', 'instances that must be there together', parseCount, 1)
    .option('--gap-seconds <s>', 'length of a tick, where the file does not say', parsePositive)
    .option('--tick-seconds <s>', 'merge the ticks of a record until they are this long', parsePositive)
    .option('--inverted', 'the file says 1 where capacity is away')
    .option('--extra-tick', 'bill one more tick after the end, as a published prototype does')
    .option('--max-rejects <n>', 'exit 0 with up to this many unusable starts', parseCount, 0)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<SpotFlags>();
      return run(flags, (context) => spot(context, flags));
    });
}

async function spot(context: CommandContext, flags: SpotFlags): Promise<number> {
  const { simulateSpot } = await import('../../../app/simulate/simulate-spot.ts');
  const { readSpotTraces } = await import('../../../traces/read-spot-traces.ts');
  const { randomStream } = await import('../../../traces/random-stream.ts');
  const { spotTable } = await import('../../../reports/simulations/spot-table.ts');
  const { parsePicos } = await import('../../../domain/money/picos.ts');

  const toMs = (hours: number) => Math.round(hours * 3_600_000);
  const job = {
    workMs: toMs(flags.workHours),
    deadlineMs: toMs(flags.deadlineHours),
    changeoverMs: toMs(flags.changeoverHours),
  };
  const { traces, rejects } = await readSpotTraces(flags.traces, {
    gapSeconds: flags.gapSeconds ?? null,
    tickSeconds: flags.tickSeconds ?? null,
    instances: flags.instances,
    isInverted: flags.inverted ?? false,
    deadlineMs: job.deadlineMs,
    starts: flags.starts,
    chance: randomStream(flags.seed),
    showsHistory: flags.history,
    signal: context.interruption.signal(),
  });
  const request: SpotRequest = {
    traces,
    job,
    onDemandPerHour: parsePicos(flags.onDemand)!.picos,
    spotPerHour: parsePicos(flags.spot)!.picos,
    policy: flags.policy,
    counting: flags.extraTick ? 'extra-tick' : 'whole-ticks',
    checkpointMs: flags.checkpointSeconds === undefined ? null : flags.checkpointSeconds * 1000,
    comparesAll: flags.compare ?? false,
  };
  const result = simulateSpot(request, context.progressLine.progress);
  context.progressLine.end();
  await printData(context, formatOf(flags), { name: 'simulation', result, tables: [spotTable(result)] });
  return exitCodeAfter(context, rejects, flags.maxRejects);
}
