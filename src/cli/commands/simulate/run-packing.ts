import { traceFigures } from '../../../app/simulate/figures.ts';
import { replayPacking, simulatePacking } from '../../../app/simulate/simulate-packing.ts';
import type { PackingPolicy } from '../../../domain/simulation/packing/policies/policies.ts';
import { packingTable, replayTable } from '../../../reports/simulations/packing-tables.ts';
import { readNodes, readPods } from '../../../traces/read-packing-trace.ts';
import type { CommandContext } from '../../command-context.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter, refuseEmpty } from './finish.ts';
import { type TraceFlags, traceSettings } from './trace-flags.ts';

export type PackingFlags = GlobalFlags &
  TraceFlags &
  Readonly<{
    nodes: string;
    pods: string;
    policy: PackingPolicy;
    seeds: readonly number[];
    demand: number;
    departures?: boolean;
    prices?: ReadonlyMap<string, string>;
  }>;

export async function runPackingCommand(context: CommandContext, flags: PackingFlags): Promise<number> {
  const settings = traceSettings(context, flags);
  const nodes = await readNodes(flags.nodes, { ...settings, map: {}, set: {} });
  const pods = await readPods(flags.pods, settings, flags.departures ?? false);
  refuseEmpty(flags.nodes, nodes);
  refuseEmpty(flags.pods, pods);
  const request = {
    nodes: nodes.records,
    pods: pods.records,
    policy: flags.policy,
    seeds: flags.seeds,
    trace: traceFigures(nodes, pods),
  };
  const { progress } = context.progressLine;
  if (flags.departures) {
    const prices = flags.prices ?? new Map<string, string>();
    const result = await replayPacking({ ...request, prices }, progress, settings.signal);
    await print(result, replayTable(result));
  } else {
    const result = await simulatePacking({ ...request, demand: flags.demand }, progress, settings.signal);
    await print(result, packingTable(result));
  }
  return exitCodeAfter(context, [...nodes.rejects, ...pods.rejects], flags.maxRejects);

  async function print(result: object, table: ReturnType<typeof packingTable>): Promise<void> {
    context.progressLine.end();
    await printData(context, formatOf(flags), { name: 'simulation', result, tables: [table] });
  }
}
