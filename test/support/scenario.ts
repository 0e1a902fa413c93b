import type { Attributes } from '../../src/domain/facts/facts.ts';
import { readActivity } from '../../src/domain/facts/read-activity.ts';
import type { FleetFacts } from '../../src/domain/ledger/fleet-facts.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import type { Rate } from '../../src/domain/pricing/price.ts';
import { type EpochMs, MINUTE_MS } from '../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../src/domain/units/gpu-time.ts';
import type { LedgerDimension, SharedRule } from '../../src/ports/store.ts';
import { allocationFact, capacityFact, chargeFact, samplesOf, workloadFact } from './facts.ts';

/** A golden case as `test/scenarios/README.md` describes it. */
export type Scenario = Readonly<{
  title: string;
  facts: FleetFacts;
  rates: ReadonlyMap<string, readonly Rate[]>;
  shared: SharedRule;
  untilMs: EpochMs;
  by: readonly LedgerDimension[];
  /** The table's columns behind those of `by`. */
  columns: readonly string[];
  /** The table as it stands in the file, line by line. */
  table: readonly string[];
}>;

export const SCENARIO_DAY = Date.UTC(2026, 9, 14);

type Line = Readonly<{ verb: string; words: readonly string[]; options: Readonly<Record<string, string>> }>;

export function parseScenario(text: string): Scenario {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const header = lines.findIndex((line) => line.startsWith('ledger by '));
  const facts = lines.slice(1, header).filter((line) => line !== '' && !line.startsWith('#'));
  const table = lines.slice(header + 1).filter((line) => line !== '');
  const by = lines[header]!.slice('ledger by '.length).split(', ') as LedgerDimension[];
  const columns = cellsOf(table[0]!).slice(by.length);
  const parsed = facts.map(parseLine);
  const setting = (name: string) => parsed.find(({ verb }) => verb === name)?.words[0];
  return {
    title: lines[0]!,
    facts: factsOf(parsed),
    rates: ratesOf(parsed),
    shared: (setting('shared') ?? 'none') as SharedRule,
    untilMs: clock(setting('until') ?? '24:00'),
    by,
    columns,
    table,
  };
}

export function cellsOf(row: string): string[] {
  return row.split('|').map((cell) => cell.trim());
}

function parseLine(line: string): Line {
  const [verb = '', ...rest] = line.trim().split(/\s+/);
  const options = rest
    .filter((word) => word.includes('='))
    .map((word) => word.split('=') as [string, string]);
  return { verb, words: rest.filter((word) => !word.includes('=')), options: Object.fromEntries(options) };
}

function factsOf(lines: readonly Line[]): FleetFacts {
  const each = <Fact>(verb: string, read: (line: Line) => Fact | Fact[]) =>
    lines.filter((line) => line.verb === verb).flatMap(read);
  return {
    capacity: each('paid', readPaid),
    workloads: [...each('held', readWorkload), ...each('pending', readWorkload)],
    allocations: each('held', readHeld),
    usage: each('sampled', readSampled),
    charges: each('billed', readBilled),
  };
}

function readPaid({ words: [device, period], options }: Line) {
  return capacityFact(device!, {
    ...interval(period!),
    gpuParts: parts(options['slice']),
    gpuModel: options['model'] ?? 'H100',
    node: options['node'] ?? 'node-1',
    nodeLife: options['life'] ?? null,
    resourceKey: options['bill'] ?? null,
    lifecycle: options['paid'] === 'spot' ? 'spot' : 'on_demand',
  });
}

function readWorkload({ words, options }: Line) {
  const name = words.at(-1)!;
  return workloadFact(name, { attributes: teamOf(options) });
}

function readHeld({ words: [device, period, workload], options }: Line) {
  const lost = options['lost-from'];
  return allocationFact(workload!, device!, {
    ...interval(period!),
    shareParts: parts(options['share']),
    lostFromMs: lost === undefined ? null : clock(lost),
  });
}

function readSampled({ words: [device, period], options }: Line) {
  const { startMs, endMs } = interval(period!);
  const fraction = (name: string) =>
    options[name] === undefined ? null : Number.parseFloat(options[name]) / 100;
  const memoryUsedMib = options['memory'] === 'none' ? 0 : 40_000;
  const activity = readActivity({
    smActive: fraction('sm'),
    engineActive: fraction('engine'),
    gpuUtil: fraction('util'),
    memoryUsedMib,
    processes: null,
  });
  const samples = samplesOf(device!, { fromMs: startMs, toMs: endMs!, intervalMs: MINUTE_MS });
  // The series ends with its last sample, which stands for one interval and no more.
  return samples.map((sample, index) => ({
    ...sample,
    activity,
    memoryUsedMib,
    intervalMs: index === samples.length - 1 ? MINUTE_MS / 2 : MINUTE_MS,
  }));
}

function readBilled({ words: [amount, period], options }: Line) {
  const { startMs, endMs } = interval(period!);
  const hours = options['gpu-hours'];
  return chargeFact({
    startMs,
    endMs: endMs!,
    costPicos: money(amount!),
    ...(hours === undefined ? {} : { gpuHours: BigInt(hours) }),
    resourceKey: options['resource'] ?? null,
    serviceName: options['service'] ?? 'Compute',
    attributes: teamOf(options),
  });
}

function ratesOf(lines: readonly Line[]): ReadonlyMap<string, readonly Rate[]> {
  const prices = lines.filter(({ verb }) => verb === 'price');
  const models = [...new Set(prices.map(({ words }) => words[0]!))];
  return new Map(
    models.map((model) => {
      const own = prices.filter(({ words }) => words[0] === model);
      const starts = own.map(({ options }) => (options['from'] ? clock(options['from']) : 0));
      const rates = own.map(({ words }, index) => ({
        fromMs: starts[index]!,
        toMs: starts[index + 1] ?? null,
        perGpuHourPicos: money(words[1]!),
        source: 'price_book' as const,
        priceDate: '2026-10-01',
        reference: model,
      }));
      return [model, rates];
    }),
  );
}

function teamOf({ team }: Readonly<Record<string, string>>): Attributes {
  return team === undefined ? {} : { 'label:team': team };
}

/** `09:00-10:30`, or `09:00-` for what is still open. */
function interval(text: string): { startMs: EpochMs; endMs: EpochMs | null } {
  const [from, to] = text.split('-');
  return { startMs: clock(from!), endMs: to === '' ? null : clock(to!) };
}

function clock(text: string): EpochMs {
  const [hours, minutes] = text.split(':');
  return SCENARIO_DAY + (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

/** `1/7` of a GPU; nothing stands for all of it. */
function parts(text = '1/1'): number {
  const [numerator, denominator] = text.split('/').map(Number);
  return (PARTS_PER_GPU * numerator!) / denominator!;
}

function money(text: string): bigint {
  const parsed = parsePicos(text);
  if (!parsed) throw new Error(`"${text}" is no amount`);
  return parsed.picos;
}
