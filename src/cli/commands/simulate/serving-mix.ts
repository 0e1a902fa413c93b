import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext, RunAction } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';
import { collectPair, parseAmount, parseCount, parsePositive, parsePrices } from '../../flag-values.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter } from './finish.ts';
import { toPicosByName } from './prices-by-name.ts';

type ServingMixFlags = GlobalFlags &
  Readonly<{
    profiles: string;
    demand: string;
    prices: ReadonlyMap<string, string>;
    slices: number;
    overProvision: number;
    maxLatencyMs?: number;
    available: ReadonlyMap<string, number>;
    map: Readonly<Record<string, string>>;
    maxRejects: number;
  }>;

export function addServingMix(simulate: Command, run: RunAction): void {
  simulate
    .command('serving-mix')
    .description('the cheapest mix of kinds of GPU for a serving load')
    .requiredOption(
      '--profiles <file>',
      'columns gpu, inputTokens, outputTokens, maxThroughput, and latencyMs where known',
    )
    .requiredOption('--demand <file>', 'columns inputTokens, outputTokens, rate (requests per second)')
    .requiredOption('--prices <gpu=price,...>', 'per GPU-hour, by the names in the profiles', parsePrices)
    .option('--slices <n>', 'parts that requests of one size may be split into', parseSlices, 1)
    .option('--over-provision <share>', 'plan for more requests: 0.1 for a tenth', parseAmount, 0)
    .option('--max-latency-ms <ms>', 'use profiles that keep it', parsePositive)
    .option('--available <gpu=n,...>', 'most GPUs to be had', parseAvailable, new Map())
    .option('--map <column=theirs>', 'our column under their name; repeatable', collectPair, {})
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected rows', parseCount, 0)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ServingMixFlags>();
      return run(flags, (context) => servingMix(context, flags));
    });
}

/** Exits 4 when some requests cannot be served: a mix for the rest must not look like one for all. */
async function servingMix(context: CommandContext, flags: ServingMixFlags): Promise<number> {
  const { simulateServingMix } = await import('../../../app/simulate/simulate-serving-mix.ts');
  const { readServingDemand, readServingProfiles } = await import('../../../traces/read-serving.ts');
  const { servingMixTable } = await import('../../../reports/simulations/serving-mix-table.ts');
  const { createIntegerSolver } = await import('../../../compose.ts');
  const settings = { map: flags.map, set: {}, fields: null, signal: context.interruption.signal() };
  const profiles = await readServingProfiles(flags.profiles, settings);
  const demands = await readServingDemand(flags.demand, settings);
  const result = await simulateServingMix(
    {
      profiles: profiles.records,
      demands: demands.records,
      prices: toPicosByName(flags.prices),
      terms: { maxLatencyMs: flags.maxLatencyMs ?? null, overProvision: flags.overProvision },
      slices: flags.slices,
      available: flags.available,
    },
    createIntegerSolver(),
  );
  await printData(context, formatOf(flags), {
    name: 'simulation',
    result,
    tables: [servingMixTable(result)],
  });
  const code = exitCodeAfter(context, [...profiles.rejects, ...demands.rejects], flags.maxRejects);
  const isWhole = result.infeasible.length === 0 && result.status !== 'impossible';
  return code === EXIT.fine && !isWhole ? EXIT.data : code;
}

function parseSlices(text: string): number {
  const slices = parseCount(text);
  if (slices === 0) throw new InvalidArgumentError('write a whole number, 1 or more.');
  return slices;
}

function parseAvailable(text: string): Map<string, number> {
  return new Map([...parsePrices(text)].map(([gpu, count]) => [gpu, parseCount(count)]));
}
