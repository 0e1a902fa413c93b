import { type Command, Option } from 'commander';
import { LIFECYCLES, type Lifecycle } from '../../domain/facts/facts.ts';
import type { CommandContext, RunAction } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCountAboveZero, parseFractionText, parseMoney, parsePositive } from '../flag-values.ts';
import type { GlobalFlags } from '../flags.ts';
import { readConfig, withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

type SizeFlags = GlobalFlags &
  Readonly<{
    gpus: number;
    gpuModel?: string;
    utilization: string;
    hoursPerMonth: number;
    price?: string;
    lifecycle: Lifecycle;
    provider?: string;
    region?: string;
    targetUtilization: string;
  }>;

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
    .option(
      '--target-utilization <fraction>',
      'what a smaller fleet could be run at',
      parseFractionText,
      '0.8',
    )
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<SizeFlags>();
      return run(flags, (context) => size(context, flags));
    });
}

async function size(context: CommandContext, flags: SizeFlags): Promise<number> {
  const { sizeFleet } = await import('../../app/size-fleet.ts');
  const { currency } = readConfig(context, flags, false).settings;
  const prices = flags.gpuModel === undefined ? [] : await listPrices(context, flags);
  const result = sizeFleet(
    {
      gpus: flags.gpus,
      gpuModel: flags.gpuModel ?? null,
      lifecycle: flags.lifecycle,
      utilization: flags.utilization,
      hoursPerMonth: String(flags.hoursPerMonth),
      perGpuHour: flags.price ?? null,
      targetUtilization: flags.targetUtilization,
      currency,
    },
    prices,
  );
  await printData(context, formatOf(flags), { name: 'size', result });
  return EXIT.fine;
}

async function listPrices(context: CommandContext, flags: SizeFlags) {
  let rows: Awaited<ReturnType<Parameters<Parameters<typeof withTare>[3]>[0]['searchPrices']>>['rows'] = [];
  await withTare(context, flags, { writes: false, usesSources: false }, async ({ searchPrices }) => {
    const query = {
      words: [],
      gpu: flags.gpuModel ?? null,
      provider: flags.provider ?? null,
      region: flags.region ?? null,
      lifecycle: null,
      atMs: context.nowMs(),
    };
    rows = (await searchPrices(query)).rows;
    return EXIT.fine;
  });
  return rows;
}
