import type { PackingReplay, PackingSimulation } from '../../app/results/simulations/packing-simulation.ts';
import { type Cell, cell, type Row, type TableModel } from '../table-model.ts';
import { column, figure, printed, table } from './simulation-table.ts';

export function packingTable(result: PackingSimulation): TableModel {
  const { policy, demand, nodes, gpus, perSeed } = result;
  return table({
    headline: `${policy}: ${percent(result.allocationPercent)} of ${gpus} GPUs on ${nodes} nodes allocated when ${demand} times as many were asked for`,
    columns: [
      column('seed', 'seed', 'text'),
      column('arrived', 'pods arrived', 'count'),
      column('placed', 'placed', 'count'),
      column('allocationPercentAtFullDemand', 'allocated at full demand', 'count'),
      column('allocationPercent', 'allocated', 'count'),
      column('fragmentationPercent', 'fragmented', 'count'),
    ],
    rows: perSeed.map((one) => ({
      seed: cell(String(one.seed)),
      arrived: cell(one.arrived),
      placed: cell(one.placed),
      ...percentCells(one),
    })),
    total: {
      seed: cell('mean'),
      ...percentCells(result),
    },
    footnotes: [
      'Pods come and stay; one without room is turned away. Fragmented: free, and of no use to the typical pod.',
    ],
  });
}

export function replayTable(result: PackingReplay): TableModel {
  return table({
    headline: `${result.policy}: at most ${printed(result.peakNodes, 1)} of ${result.nodes} nodes held pods at one time`,
    columns: [
      column('seed', 'seed', 'text'),
      column('placed', 'placed', 'count'),
      column('turnedAway', 'turned away', 'count'),
      column('peakNodes', 'peak nodes', 'count'),
      column('peakNodeGpus', 'their GPUs', 'count'),
      column('peakPodGpus', 'GPUs asked for', 'count'),
      column('nodeGpuHours', 'GPU-hours of nodes', 'count'),
      column('podGpuHours', 'GPU-hours asked for', 'count'),
      column('estimatedCost', 'estimated cost', 'money'),
    ],
    rows: result.perSeed.map((one) => ({ seed: cell(String(one.seed)), ...replayCells(one) })),
    total: { seed: cell('mean'), ...replayCells(result) },
    footnotes: [
      'GPU-hours of nodes: while they held anything. The cost takes empty nodes to be given back at once.',
    ],
  });
}

function percentCells(
  one: Readonly<{
    allocationPercentAtFullDemand: number | null;
    allocationPercent: number;
    fragmentationPercent: number;
  }>,
): Row {
  return {
    allocationPercentAtFullDemand: percentCell(one.allocationPercentAtFullDemand),
    allocationPercent: percentCell(one.allocationPercent),
    fragmentationPercent: percentCell(one.fragmentationPercent),
  };
}

function replayCells(one: PackingReplay['perSeed'][number] | PackingReplay): Row {
  return {
    placed: figure(one.placed, 1),
    turnedAway: figure(one.turnedAway, 1),
    peakNodes: figure(one.peakNodes, 1),
    peakNodeGpus: figure(one.peakNodeGpus, 1),
    peakPodGpus: figure(one.peakPodGpus, 2),
    nodeGpuHours: figure(one.nodeGpuHours, 1),
    podGpuHours: figure(one.podGpuHours, 1),
    estimatedCost: cell(one.estimatedCost),
  };
}

function percentCell(value: number | null): Cell {
  return value === null ? { value } : { value, printed: percent(value) };
}

/** Two decimals: policies differ by tenths of a point. */
function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}
