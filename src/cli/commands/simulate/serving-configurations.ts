import { type Command, Option } from 'commander';
import type { CommandContext, RunAction } from '../../command-context.ts';
import { parseCount, parsePositive, parsePrices } from '../../flag-values.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter } from './finish.ts';
import { toPicosByName } from './prices-by-name.ts';

const LATENCIES = ['median', 'p90', 'p95', 'p99'] as const;

type ServingConfigurationsFlags = GlobalFlags &
  Readonly<{
    configurations: string;
    prices: ReadonlyMap<string, string>;
    maxItlMs?: number;
    latency: (typeof LATENCIES)[number];
    maxRejects: number;
  }>;

export function addServingConfigurations(simulate: Command, run: RunAction): void {
  simulate
    .command('serving-configurations')
    .description('for each model the cheapest measured way to serve it: kind and number of GPUs, batch')
    .requiredOption(
      '--configurations <file>',
      'measured configurations, JSON as the ML.ENERGY leaderboard has it',
    )
    .requiredOption('--prices <gpu=price,...>', 'per GPU-hour, by the names in the file', parsePrices)
    .option('--max-itl-ms <ms>', 'most time between two tokens of a reply', parsePositive)
    .addOption(new Option('--latency <which>', 'what the limit is for').choices(LATENCIES).default('median'))
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected configurations', parseCount, 0)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ServingConfigurationsFlags>();
      return run(flags, (context) => servingConfigurations(context, flags));
    });
}

async function servingConfigurations(
  context: CommandContext,
  flags: ServingConfigurationsFlags,
): Promise<number> {
  const { simulateServingConfigurations } = await import(
    '../../../app/simulate/simulate-serving-configurations.ts'
  );
  const { readServingConfigurations } = await import('../../../traces/read-rightsize.ts');
  const { servingConfigurationsTable } = await import('../../../reports/simulations/rightsize-table.ts');
  const { configurations, rejects } = await readServingConfigurations(
    flags.configurations,
    flags.latency,
    context.interruption.signal(),
  );
  const result = simulateServingConfigurations({
    configurations,
    prices: toPicosByName(flags.prices),
    maxInterTokenLatencyMs: flags.maxItlMs ?? null,
    latency: flags.latency,
  });
  await printData(context, formatOf(flags), {
    name: 'simulation',
    result,
    tables: [servingConfigurationsTable(result)],
  });
  return exitCodeAfter(context, rejects, flags.maxRejects);
}
