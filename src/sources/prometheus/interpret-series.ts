import type { AllocationFact, FactBatch } from '../../domain/facts/facts.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { Warning } from '../../ports/source.ts';
import { allocationFacts, exporterHolds, type Hold } from './allocation-facts.ts';
import { capacityFacts, type Device, devicesOf, FOREVER, paidTime } from './capacity-facts.ts';
import { type LayoutPart, sliceMemoryMib, slicePartsOf } from './card-layout.ts';
import { type Card, cellValue, collectCards } from './gpu-cards.ts';
import { groupBy } from './group-by.ts';
import { complement, unite } from './intervals.ts';
import { readKubeRuns } from './kube-runs.ts';
import { type KubeNode, type KubeState, lifeAt, readKubeState } from './kube-state.ts';
import type { LaterLook } from './later-lives.ts';
import { gpuModelOf, memoryMibOf, type NodeFacts, nodeFacts, physicalGpus } from './node-facts.ts';
import { placePods } from './place-pods.ts';
import { coveredBy } from './sample-interval.ts';
import type { SeenBefore, Series } from './series.ts';
import { type CardTrace, traceCard } from './trace-devices.ts';
import { usageFacts } from './usage-facts.ts';
import { workloadFact } from './workload-facts.ts';

export type SeriesWindow = Readonly<{
  /** Facts are cut to it; series reach up to `MARGIN_MS` beyond both ends. */
  window: TimeWindow;
  stepMs: number;
  series: readonly Series[];
  /** GPU series of the day before the window. */
  before: readonly SeenBefore[];
  /** Metrics of unit `fraction-or-percent` whose values turned out to be percentages. */
  percentMetrics: ReadonlySet<string>;
  /** What became of pods that ran on at the end of the window; absent where nothing later can be asked. */
  later?: LaterLook;
}>;

export type InterpretOptions = Readonly<{
  catalog: HardwareCatalog;
  /** Who rents out the nodes, where nothing in the series says. */
  provider: string | null;
  /** The node's name whatever the labels say. */
  node: string | null;
  /** The node's name when no label says. */
  fallbackNode: string;
  /** Another source describes the jobs of a scheduler, with their owners; here only what they hold is known. */
  areJobsDescribedElsewhere?: boolean;
}>;

export type Interpretation = Readonly<{
  batch: Required<Pick<FactBatch, 'capacity' | 'workloads' | 'allocations' | 'usage' | 'runs'>>;
  warnings: readonly Warning[];
}>;

/**
 * Says what the series of GPU exporters and kube-state-metrics mean for one window: which devices were paid for, who held them, and
 * how busy they were. Pure; the live source and the text files share it. See docs/guides/prometheus.md for every rule.
 */
export function interpretSeries(
  { window, stepMs, series, before, percentMetrics, later = new Map() }: SeriesWindow,
  options: InterpretOptions,
): Interpretation {
  const kube = readKubeState(series, stepMs);
  const { cards, blankValues, labelledPods } = collectCards(series, before, kube, {
    stepMs,
    percentMetrics,
    node: options.node,
    fallbackNode: options.fallbackNode,
  });
  const factsInLife = memoise((node: string) =>
    memoise((life: TimeWindow) => nodeFacts(kube.nodes.get(node), life, options)),
  );
  const fleet = readFleet(cards, kube, window, options);

  const seen = unite(cards.flatMap(({ slots, intervalMs }) => coveredBy(slots, intervalMs)));
  const silence = complement(seen);
  const paid = new Map(fleet.devices.map((device) => [device.deviceId, paidTime(device)]));
  const labelled = fleet.traces.flatMap((trace) =>
    exporterHolds(trace, (deviceId) => unite([...(paid.get(deviceId) ?? []), ...silence])),
  );
  const unlabelled = [...kube.pods].filter(([id]) => !labelledPods.has(id)).map(([, pod]) => pod);
  const placed = placePods(unlabelled, fleet.devices, labelled, fleet.replicasOf);
  const holds = [...labelled, ...placed.holds];

  return {
    batch: {
      capacity: fleet.devices
        .flatMap((device) =>
          capacityFacts(device, kube.nodes.get(device.node), window, factsInLife(device.node)),
        )
        .sort(by(({ deviceId, startMs }) => [deviceId, startMs])),
      ...heldFacts(holds, kube, window, later, options),
      usage: fleet.traces
        .flatMap((trace) => usageFacts(trace, window))
        .sort(by(({ deviceId, atMs }) => [deviceId, atMs])),
    },
    warnings: warningsOf(fleet, kube, blankValues, placed.unplacedPods, options),
  };
}

type Fleet = Readonly<{
  traces: readonly CardTrace[];
  devices: readonly Device[];
  nodesWithoutTelemetry: readonly string[];
  replicasOf: (node: string) => number;
}>;

function readFleet(
  cards: readonly Card[],
  kube: KubeState,
  window: TimeWindow,
  options: InterpretOptions,
): Fleet {
  const factsOf = memoise((name: string) => {
    const node = kube.nodes.get(name);
    return nodeFacts(node, (node && lifeAt(node, window.toMs - 1)) ?? FOREVER, options);
  });
  const cardsOfNode = groupBy(cards, ({ node }) => node);
  const traced = cards.map((card) => {
    const node = kube.nodes.get(card.node);
    const gpuModel = gpuModelOf(card.model, factsOf(card.node), options.catalog);
    const gpu = options.catalog.gpu(gpuModel);
    const isStillThere =
      node !== undefined && isAmongLastSeen(card, cardsOfNode.get(card.node)!, node, factsOf(card.node));
    const trace = traceCard(card, node, gpu, isStillThere);
    const wholeMib = memoryMibOf(gpu, factsOf(card.node)) ?? reportedMemory(card);
    const memoryMib = ({ part, profile }: LayoutPart) =>
      part === '' ? wholeMib : profile === null ? null : sliceMemoryMib(profile, gpu);
    const devices = devicesOf(trace.pieces, (part) => ({
      cardId: card.id,
      node: card.node,
      gpuModel,
      memoryMib: memoryMib(part),
    }));
    return { trace, devices };
  });
  const silent = [...kube.nodes.values()].filter(
    (node) => node.resources.size > 0 && !(cardsOfNode.get(node.name) ?? []).some(tellsOf(node, window)),
  );
  const silentDevices = silent.flatMap((node) => devicesWithoutTelemetry(node, factsOf(node.name), options));
  return {
    traces: traced.map(({ trace }) => trace),
    devices: [...traced.flatMap(({ devices }) => devices), ...silentDevices],
    nodesWithoutTelemetry: silent.map(({ name }) => name),
    replicasOf: (node) => factsOf(node).labels.replicas,
  };
}

/** A replaced GPU leaves a node for good: of more cards than the machine holds, those seen last are there. */
function isAmongLastSeen(card: Card, ofNode: readonly Card[], node: KubeNode, facts: NodeFacts): boolean {
  const physical = physicalGpus(node, facts);
  if (physical === null || ofNode.length <= physical) return true;
  const lastMs = ({ slots, before }: Card) => slots.at(-1) ?? before?.lastMs ?? 0;
  return [...ofNode].sort(by((one) => [-lastMs(one), one.id])).indexOf(card) < physical;
}

/** Whether a card shows that the node's exporter works, or did in this life of the node. */
function tellsOf(node: KubeNode, window: TimeWindow): (card: Card) => boolean {
  const life = lifeAt(node, window.fromMs);
  return ({ slots, before }) => slots.length > 0 || (before?.lastMs ?? 0) >= (life?.createdMs ?? 0);
}

/** The devices of a node on which no exporter runs: what the device plugin offers, by number. */
function devicesWithoutTelemetry(node: KubeNode, facts: NodeFacts, options: InterpretOptions): Device[] {
  const gpuModel = gpuModelOf(null, facts, options.catalog);
  const gpu = options.catalog.gpu(gpuModel);
  const describe = { cardId: node.name, node: node.name, gpuModel };
  const device = (id: string, profile: string | null, gpuParts: number): Device => ({
    deviceId: `${node.name}:${id}`.replaceAll('/', '_'),
    ...describe,
    profile,
    isUsable: true,
    memoryMib: profile === null ? memoryMibOf(gpu, facts) : sliceMemoryMib(profile, gpu),
    sizes: [{ gpuParts, paid: node.listed }],
  });
  const single = /-MIG-(.+?)(-SHARED)?$/.exec(facts.labels.gpuProduct ?? '')?.[1];
  return [...node.resources].flatMap(([resource, listed]) => {
    const profile = /_mig_(.+)$/.exec(resource)?.[1]?.replace('_', '.') ?? single ?? null;
    const parts = profile === null ? PARTS_PER_GPU : slicePartsOf(profile, gpu, 1);
    const count = Math.ceil(listed / facts.labels.replicas);
    const name = (index: number) => (profile === null ? `gpu${index}` : `mig-${profile}-${index}`);
    return Array.from({ length: count }, (_, index) => device(name(index), profile, parts));
  });
}

function reportedMemory(card: Card): number | null {
  const totals = [...card.parts.values()].flatMap(({ cells }) =>
    [...(cells.get('memoryTotalMib')?.values() ?? [])].map(cellValue).filter((mib) => mib !== null),
  );
  return totals.length === 0 ? null : Math.round(Math.max(...totals));
}

function heldFacts(
  holds: readonly Hold[],
  kube: KubeState,
  window: TimeWindow,
  later: LaterLook,
  { areJobsDescribedElsewhere = false }: InterpretOptions,
): Pick<Interpretation['batch'], 'workloads' | 'allocations' | 'runs'> {
  const kubeRuns = readKubeRuns(kube, holds, window, later);
  const inWindow = holds
    .map((hold) => {
      const ofRun = kubeRuns.allocate(hold);
      return { hold, isOfRun: ofRun !== null, facts: ofRun ?? allocationFacts(hold, window) };
    })
    .filter(({ facts }) => facts.length > 0);
  const alone = inWindow.filter(
    ({ isOfRun, hold }) => !isOfRun && !(areJobsDescribedElsewhere && hold.holder.kind === 'job'),
  );
  const holders = new Map(alone.map(({ hold }) => [hold.holder.workloadId, hold.holder]));
  return {
    workloads: [
      ...kubeRuns.workloads,
      ...[...holders.values()].map((holder) => workloadFact(holder, kube)),
    ].sort(by(({ workloadId }) => [workloadId])),
    allocations: longest(inWindow.flatMap(({ facts }) => facts)).sort(
      by(({ workloadId, deviceId, startMs }) => [workloadId, deviceId, startMs]),
    ),
    runs: [...kubeRuns.runs].sort(by(({ runId, attempt }) => [runId, attempt])),
  };
}

/** Two pods of one run that share a device from the same moment on are one hold, as long as the longer one. */
function longest(allocations: readonly AllocationFact[]): AllocationFact[] {
  const byKey = new Map<string, AllocationFact>();
  for (const allocation of allocations) {
    const key = JSON.stringify([allocation.workloadId, allocation.deviceId, allocation.startMs]);
    const known = byKey.get(key);
    if (!known || known.endMs! < allocation.endMs!) byKey.set(key, allocation);
  }
  return [...byKey.values()];
}

function warningsOf(
  fleet: Fleet,
  kube: KubeState,
  blankValues: number,
  unplacedPods: readonly string[],
  { catalog }: InterpretOptions,
): Warning[] {
  const unknownModels = new Set(
    fleet.devices.map(({ gpuModel }) => gpuModel).filter((model) => !catalog.gpu(model)),
  );
  const lifeless = new Set(
    fleet.devices.map(({ node }) => node).filter((node) => !kube.nodes.get(node)?.lives.length),
  );
  const overfull = fleet.traces.reduce((sum, { overfullSlots }) => sum + overfullSlots, 0);
  return [
    ...[...unknownModels].map((model) =>
      warning(
        'unknown-gpu-model',
        `the catalogue does not know the GPU "${model}": it has no list price; add its rate to the prices of tare.yaml`,
        1,
      ),
    ),
    warning(
      'unknown-node-life',
      'nothing says when these nodes were created, so gaps in their series do not count as paid: let Prometheus scrape kube-state-metrics (kube_node_created)',
      lifeless.size,
    ),
    warning(
      'no-telemetry',
      'nodes whose GPUs no exporter shows: they are paid and unobserved; run dcgm-exporter on them',
      fleet.nodesWithoutTelemetry.length,
    ),
    warning(
      'unplaced-pod',
      `running pods that request GPUs which their node does not show as free${namesOf(unplacedPods)}`,
      unplacedPods.length,
    ),
    warning(
      'blank-value',
      'values that no device can mean (blank sentinels of DCGM) count as unknown',
      blankValues,
    ),
    warning('mig-overfull', 'moments in which a card showed more slices than fit on it', overfull),
  ].filter(({ count }) => count > 0);
}

function warning(code: string, message: string, count: number): Warning {
  return { code, message, count };
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? '' : `: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
}

function by<T>(keyOf: (item: T) => readonly (string | EpochMs)[]): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    for (let index = 0; index < left.length; index++) {
      if (left[index]! < right[index]!) return -1;
      if (left[index]! > right[index]!) return 1;
    }
    return 0;
  };
}

function memoise<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}
