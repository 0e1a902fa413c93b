import type { EpochMs } from '../../domain/time/window.ts';
import { type GpuIdentity, gpuIdentity } from './gpu-identity.ts';
import { type GpuMetric, gpuMetric, NVIDIA_SMI_INFO, type Quantity, toQuantity } from './gpu-metrics.ts';
import { type Holder, hasExportedLabels, holderOf } from './holder.ts';
import type { KubeState } from './kube-state.ts';
import { sortedSlots, usualInterval, usualIntervalOfAll } from './sample-interval.ts';
import { type Labels, labelKey, type SeenBefore, type Series } from './series.ts';

/** One physical GPU as its exporter shows it, whole or cut into slices. */
export type Card = Readonly<{
  id: string;
  node: string;
  model: string | null;
  /** `''` is the whole card; `gi3` and `p0` are slices of it. */
  parts: ReadonlyMap<string, CardPart>;
  /** When anything of the card was seen, oldest first; empty when it was only seen before the window. */
  slots: readonly EpochMs[];
  intervalMs: number;
  before: Readonly<{ lastMs: EpochMs; profiles: ReadonlyMap<string, string | null> }> | null;
}>;

export type CardPart = Readonly<{
  profile: string | null;
  seen: ReadonlySet<EpochMs>;
  cells: ReadonlyMap<Quantity, ReadonlyMap<EpochMs, Cell>>;
  holders: ReadonlyMap<string, Readonly<{ holder: Holder; seen: ReadonlySet<EpochMs> }>>;
}>;

/** What the device's own series said in a slot, and what the series said that repeat it for each holder. */
export type Cell = { bare: number | null; heldSum: number; heldCount: number };

export type CardOptions = Readonly<{
  stepMs: number;
  /** Metrics whose values turned out to be percentages. */
  percentMetrics: ReadonlySet<string>;
  /** The node's name whatever the labels say, and the one to use when they say nothing. */
  node: string | null;
  fallbackNode: string;
}>;

export type Cards = Readonly<{
  cards: readonly Card[];
  blankValues: number;
  labelledPods: ReadonlySet<string>;
}>;

/** Puts the series of GPU exporters together to one card per GPU. The order of the series does not matter. */
export function collectCards(
  series: readonly Series[],
  before: readonly SeenBefore[],
  kube: KubeState,
  options: CardOptions,
): Cards {
  const names = readInfo(series);
  const ofGpus = inOrder(series.filter(({ name }) => gpuMetric(name)));
  const isPlainOwn = [...ofGpus, ...before].some(({ labels }) => hasExportedLabels(labels));

  const drafts = new Map<string, Draft>();
  let blankValues = 0;
  for (const one of ofGpus) {
    const metric = gpuMetric(one.name)!;
    const place = locate(metric, named(one.labels, names), kube, options);
    const isPercent = options.percentMetrics.has(one.name);
    const part = draftPart(drafts, place);
    blankValues += addSamples(part, metric, one, holderOf(one.labels, isPlainOwn), isPercent);
  }
  for (const one of before) addBefore(drafts, one, kube, options);
  return { cards: finish(drafts, options.stepMs), blankValues, labelledPods: podsOf(drafts) };
}

/** Sums of fractions depend on their order in the last digit, so series are taken in the order of their labels. */
function inOrder(series: readonly Series[]): Series[] {
  return series
    .map((one) => ({ one, key: one.name + labelKey(one.labels) }))
    .sort((a, b) => compareTexts(a.key, b.key))
    .map(({ one }) => one);
}

type Place = Readonly<{ id: string; node: string; identity: GpuIdentity }>;
type Draft = {
  id: string;
  node: string;
  model: string | null;
  parts: Map<string, DraftPart>;
  before: Before;
};
type Before = { lastMs: EpochMs; profiles: Map<string, string | null> } | null;
type DraftPart = {
  profile: string | null;
  seen: Set<EpochMs>;
  cells: Map<Quantity, Map<EpochMs, Cell>>;
  holders: Map<string, { holder: Holder; seen: Set<EpochMs> }>;
};

/** The nvidia-smi exporter names model and index on one series and measures on others. */
function readInfo(series: readonly Series[]): ReadonlyMap<string, Labels> {
  const infos = series.filter(({ name }) => name === NVIDIA_SMI_INFO);
  return new Map(infos.map(({ labels }) => [infoKey(labels), labels]));
}

function named(labels: Labels, infos: ReadonlyMap<string, Labels>): Labels {
  const info = infos.get(infoKey(labels));
  return info ? { ...info, ...labels } : labels;
}

function infoKey(labels: Labels): string {
  return JSON.stringify([labels['instance'] ?? '', labels['uuid'] ?? '']);
}

function locate(metric: GpuMetric, labels: Labels, kube: KubeState, options: CardOptions): Place {
  const identity = gpuIdentity(metric.exporter, labels);
  const known = identity.nodes.find((name) => kube.nodes.has(name));
  const node = options.node ?? known ?? identity.nodes[0] ?? options.fallbackNode;
  return { id: identity.uuid ?? `${node}:gpu${identity.index}`.replaceAll('/', '_'), node, identity };
}

function draftCard(drafts: Map<string, Draft>, { id, node, identity }: Place): Draft {
  const draft = drafts.get(id) ?? { id, node, model: null, parts: new Map(), before: null };
  drafts.set(id, draft);
  draft.model ??= identity.model;
  return draft;
}

function draftPart(drafts: Map<string, Draft>, place: Place): DraftPart {
  const { parts } = draftCard(drafts, place);
  const { part, profile } = place.identity;
  const draft = parts.get(part) ?? { profile, seen: new Set(), cells: new Map(), holders: new Map() };
  parts.set(part, draft);
  draft.profile ??= profile;
  return draft;
}

/** Returns how many values were blank: a sentinel is no value, but the series was there, and so was the device. */
function addSamples(
  part: DraftPart,
  metric: GpuMetric,
  { samples }: Series,
  holder: Holder | null,
  isPercent: boolean,
): number {
  let blank = 0;
  const cells = part.cells.get(metric.quantity) ?? new Map<EpochMs, Cell>();
  part.cells.set(metric.quantity, cells);
  for (const [at, raw] of samples) {
    part.seen.add(at);
    const value = toQuantity(metric, raw, isPercent);
    if (value === undefined) blank++;
    else addToCell(cells, at, value, holder !== null);
  }
  if (holder) {
    const held = part.holders.get(holder.workloadId) ?? { holder, seen: new Set<EpochMs>() };
    part.holders.set(holder.workloadId, held);
    for (const [at] of samples) held.seen.add(at);
  }
  return blank;
}

function addToCell(cells: Map<EpochMs, Cell>, at: EpochMs, value: number, isHeld: boolean): void {
  const cell = cells.get(at) ?? { bare: null, heldSum: 0, heldCount: 0 };
  cells.set(at, cell);
  if (!isHeld) cell.bare = Math.max(cell.bare ?? 0, value);
  else {
    cell.heldSum += value;
    cell.heldCount++;
  }
}

/**
 * The device's value. Exporters repeat it for each pod that shares the device, or give each pod its own beside an unlabelled
 * series of the device: that one wins, and repeated ones are averaged, never summed.
 */
export function cellValue(cell: Cell | undefined): number | null {
  if (!cell) return null;
  if (cell.bare !== null) return cell.bare;
  return cell.heldCount > 0 ? cell.heldSum / cell.heldCount : null;
}

function addBefore(
  drafts: Map<string, Draft>,
  { name, labels, lastMs }: SeenBefore,
  kube: KubeState,
  options: CardOptions,
): void {
  const metric = gpuMetric(name);
  if (!metric) return;
  const place = locate(metric, labels, kube, options);
  const draft = draftCard(drafts, place);
  const profiles = draft.before?.profiles ?? new Map<string, string | null>();
  const { part, profile } = place.identity;
  // Slices are scraped together: an older time belongs to a layout that is gone.
  if (draft.before && lastMs < draft.before.lastMs) return;
  if (draft.before && lastMs > draft.before.lastMs) profiles.clear();
  profiles.set(part, profile);
  draft.before = { lastMs, profiles };
}

function finish(drafts: ReadonlyMap<string, Draft>, stepMs: number): Card[] {
  const slotsOf = new Map(
    [...drafts].map(([id, { parts }]) => [
      id,
      sortedSlots([...parts.values()].flatMap(({ seen }) => [...seen])),
    ]),
  );
  const usualOfAll = usualIntervalOfAll(slotsOf.values()) ?? stepMs;
  return [...drafts.values()]
    .map((draft) => {
      const slots = slotsOf.get(draft.id)!;
      return { ...draft, slots, intervalMs: usualInterval(slots) ?? usualOfAll };
    })
    .sort((a, b) => compareTexts(a.id, b.id));
}

function podsOf(drafts: ReadonlyMap<string, Draft>): Set<string> {
  const parts = [...drafts.values()].flatMap(({ parts }) => [...parts.values()]);
  return new Set(parts.flatMap(({ holders }) => [...holders.keys()]));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
