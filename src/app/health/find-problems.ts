import { displayMoney, groupThousands } from '../../domain/money/display-money.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import { UNTAGGED } from '../../domain/ownership/owner.ts';
import { DAY_MS, formatDay } from '../../domain/time/window.ts';
import type { DatasetRecord } from '../../ports/store.ts';
import { percent } from '../figures/money-sentence.ts';
import type { HealthReport, Problem } from '../results/health.ts';
import { importCommand, quoted } from './import-command.ts';

export type FoundHealth = Omit<HealthReport, 'problems' | 'sentence'>;

/** Shares below which someone should look: what is missing can move a decision then. */
const ENOUGH = 0.95;
const NAMES = 3;

/** What speaks against the figures, wrong ones before missing ones, each with its remedy. */
export function findProblems(found: FoundHealth, datasets: readonly DatasetRecord[]): readonly Problem[] {
  const problems = [
    differsFromBill(found, datasets),
    ...hasNoPrice(found),
    notYetBilled(found),
    notObserved(found),
    ...withoutOwner(found),
    weaklyMeasured(found),
    ...lateFacts(found),
    ...lateSources(found, datasets),
    rejected(found),
    contradicting(found),
    ...ofServing(found),
  ].filter((problem) => problem !== null);
  return problems.toSorted((a, b) => Number(a.status === 'look') - Number(b.status === 'look'));
}

function differsFromBill(
  { reconciliation, byDay, currency }: FoundHealth,
  datasets: readonly DatasetRecord[],
): Problem | null {
  const difference = picosOf(reconciliation.difference);
  if (difference === 0n) return null;
  const days = byDay.filter((day) => picosOf(day.difference) !== 0n).map(({ day }) => day);
  const bill = datasets.find(({ kind }) => kind === 'focus');
  return {
    id: 'does-not-reconcile',
    status: 'failing',
    title: `The ledger and the bill differ by ${displayMoney(difference, currency)}${days.length > 0 ? `, on ${names(days)}` : ''}`,
    remedy: 'Import the bill of these days again: only what changed is taken, and its hours are built anew.',
    command: bill ? importCommand(bill) : 'tare import bill.parquet --kind focus',
  };
}

function hasNoPrice({ unpriced, currency, coverage }: FoundHealth): Problem[] {
  if (unpriced.length === 0) return [];
  const known = unpriced.flatMap(({ costAtRisk }) => (costAtRisk === null ? [] : [picosOf(costAtRisk)]));
  const risk = known.reduce((sum, picos) => sum + picos, 0n);
  const hours = unpriced.reduce((sum, { gpuHours }) => sum + gpuHours, 0);
  const cost = known.length > 0 ? `, about ${displayMoney(risk, currency)} at list prices` : '';
  const models = names([...new Set(unpriced.map(({ gpuModel }) => gpuModel))]);
  return [
    {
      id: 'unpriced',
      status: 'look',
      title: `${hoursText(hours)} GPU-hours (${percent(coverage.pricedBy.unpriced)}) have no price${cost}: ${models}`,
      remedy: sentence(unpriced[0]!.remedy),
      command: unpriced[0]!.command,
    },
  ];
}

function notYetBilled({ billExplained, reconciliation, byDay, currency }: FoundHealth): Problem | null {
  const estimated = picosOf(reconciliation.estimated);
  if (billExplained === null || billExplained >= ENOUGH || estimated <= 0n) return null;
  const days = byDay.filter((day) => picosOf(day.estimated) > 0n).length;
  return {
    id: 'not-billed-yet',
    status: 'look',
    title: `${displayMoney(estimated, currency)} of ${days === 1 ? 'one day rests' : `${days} days rest`} on estimates (~): no bill covers it`,
    remedy: 'Import the bill when it comes; what was estimated is replaced by it.',
    command: 'tare import bill.parquet --kind focus',
  };
}

function notObserved({ coverage: { observed }, from, to }: FoundHealth): Problem | null {
  if (observed === null || observed >= ENOUGH) return null;
  return {
    id: 'not-observed',
    status: 'look',
    title: `Of the paid GPU-hours ${percent(1 - observed)} were not observed: nothing says what they did`,
    remedy: 'See which nodes are silent, and let the metrics server scrape their exporter.',
    command: `tare report idle --by node --top 10 ${windowFlags({ from, to })}`,
  };
}

function withoutOwner({ coverage: { owned }, from, to }: FoundHealth): Problem[] {
  return Object.entries(owned).flatMap(([dimension, share]) =>
    share === null || share >= ENOUGH
      ? []
      : [
          {
            id: `without-owner/${dimension}`,
            status: 'look' as const,
            title: `${capital(percent(1 - share))} of the cost has no ${dimension.replace(/^tag:/, '')}`,
            remedy: `See which workloads these are, then label them, or name their label under owners in tare.yaml.`,
            command: `tare report ledger --by workload --filter ${dimension}=${UNTAGGED} --top 10 ${windowFlags({ from, to })}`,
          },
        ],
  );
}

function weaklyMeasured({ coverage: { basis } }: FoundHealth): Problem | null {
  if (basis.gpuUtil === 0) return null;
  return {
    id: 'gpu-util',
    status: 'look',
    title: `${capital(percent(basis.gpuUtil))} of the held and measured time knows GPU_UTIL alone, which cannot tell underused from productive`,
    remedy:
      'Let dcgm-exporter of these nodes export DCGM_FI_PROF_SM_ACTIVE, then see what the metrics server has.',
    command: 'tare doctor',
  };
}

const BRINGS: Readonly<
  Record<FoundHealth['freshness'][number]['fact'], Readonly<{ remedy: string; command: string }>>
> = {
  usage: {
    remedy: 'Collect from the metrics server, or import newer files of what the GPUs did.',
    command: 'tare collect',
  },
  capacity: {
    remedy:
      'Say which GPUs are paid for: import them, or collect from a metrics server that knows the nodes.',
    command: 'tare import capacity.csv --kind capacity',
  },
  allocations: {
    remedy: 'Say who held the GPUs: import it, or collect from a metrics server that knows the pods.',
    command: 'tare import allocations.csv --kind allocations',
  },
  charges: {
    remedy: 'Import the newest bill.',
    command: 'tare import bill.parquet --kind focus',
  },
  traffic: {
    remedy: 'Check that the metrics server still scrapes the model servers.',
    command: 'tare doctor',
  },
  requests: {
    remedy: 'Check the gateway and the exporters of traces.',
    command: 'tare doctor',
  },
};

function lateFacts({ freshness }: FoundHealth): Problem[] {
  return freshness.flatMap(({ fact, newest, state }) =>
    state === 'current'
      ? []
      : [
          {
            id: `${state}/${fact}`,
            status: 'look' as const,
            title:
              state === 'missing'
                ? `No ${fact} yet`
                : `Late: the newest ${fact} ${fact === 'charges' ? 'end' : 'is of'} ${newest}`,
            ...BRINGS[fact],
          },
        ],
  );
}

function lateSources({ sources }: FoundHealth, datasets: readonly DatasetRecord[]): Problem[] {
  return sources
    .filter(({ state }) => state === 'late')
    .map(({ kind, newest, intervalSeconds }) => ({
      id: `late-source/${kind}`,
      status: 'look' as const,
      title: `Nothing newer than ${newest} from ${kind}, which comes every ${durationText(intervalSeconds!)}`,
      remedy: 'Bring what is due; if it does not answer, tare doctor says why.',
      command: importCommand(newestOf(datasets.filter((dataset) => dataset.kind === kind))),
    }));
}

function rejected({ rejects, rejectsNotListed }: FoundHealth): Problem | null {
  const [first] = rejects;
  if (!first) return null;
  const rows = rejects.reduce((sum, { count }) => sum + count, rejectsNotListed);
  return {
    id: 'rejected',
    status: 'look',
    title: `${rows === 1 ? 'One row was' : `${groupThousands(String(rows))} rows were`} rejected; everything else went in`,
    remedy: `Most often: ${first.message}. Correct the file and import it again; only what changed is taken.`,
    command: first.command,
  };
}

function contradicting({ contradictory, coverage }: FoundHealth): Problem | null {
  const [first] = contradictory;
  if (!first) return null;
  return {
    id: 'contradictory',
    status: 'look',
    title: `${contradictory.length === 1 ? 'A device' : `${contradictory.length} devices`} claimed to be fully busy without a process or memory in use: ${hoursText(coverage.contradictoryGpuHours)} GPU-hours, not counted as work`,
    remedy: `Restart the exporter on ${first.node}; if it goes on, the driver or the card is at fault.`,
    command: first.command,
  };
}

function ofServing({ serving, currency, from, to }: FoundHealth): Problem[] {
  if (serving === null) return [];
  const { withoutTraffic, costWithTraffic, unpricedCalls, unpricedModels, paidCalls } = serving;
  const silent = withoutTraffic.reduce((sum, { cost }) => sum + picosOf(cost), 0n);
  return [
    ...(costWithTraffic === null || costWithTraffic >= ENOUGH
      ? []
      : [
          {
            id: 'without-traffic',
            status: 'look' as const,
            title: `${displayMoney(silent, currency)} of serving has no traffic beside it: ${names(withoutTraffic.map(({ endpoint }) => endpoint))}`,
            remedy: 'Collect the counters of these model servers, or import their calls.',
            command: 'tare doctor',
          },
        ]),
    ...(unpricedCalls === 0
      ? []
      : [
          {
            id: 'unpriced-calls',
            status: 'look' as const,
            title: `${groupThousands(String(unpricedCalls))} of ${groupThousands(String(paidCalls))} paid calls have no price: ${names(unpricedModels.map(({ model }) => model))}`,
            remedy: 'See who calls them, then state their prices under prices.models in tare.yaml.',
            command: `tare report inference --by endpoint,model --filter model=${quoted(unpricedModels[0]!.model)} ${windowFlags({ from, to })}`,
          },
        ]),
  ];
}

function newestOf(datasets: readonly DatasetRecord[]): DatasetRecord {
  return datasets.reduce((a, b) => ((b.lastMs ?? 0) > (a.lastMs ?? 0) ? b : a));
}

/** As the command line takes them: days, the last one not included. */
function windowFlags({ from, to }: Pick<HealthReport, 'from' | 'to'>): string {
  return `--from ${from.slice(0, 10)} --to ${formatDay(Date.parse(to) + DAY_MS - 1)}`;
}

function names(all: readonly string[]): string {
  const more = all.length - NAMES;
  return `${all.slice(0, NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function hoursText(hours: number): string {
  return hours >= 100 ? groupThousands(String(Math.round(hours))) : hours.toFixed(1);
}

function durationText(seconds: number): string {
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return `${capital(text)}.`;
}

function picosOf(text: string): Picos {
  return parsePicos(text)!.picos;
}
