import { sizeFleet } from '../../app/size-fleet.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { SizeFlags } from '../flags.ts';
import { readConfig, withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** Reads list prices where none is stated, and prints what the fleet would cost. */
export async function size(context: CommandContext, flags: SizeFlags): Promise<number> {
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
