import { grossOf } from '../../domain/ledger/buckets.ts';
import { displayAmount, displayMoney } from '../../domain/money/display-money.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { displayHours } from '../../domain/units/display-hours.ts';
import { TICKS_PER_GPU_HOUR, ticksToHours } from '../../domain/units/gpu-time.ts';
import type { RunAttempt, RunEvidence, RunPart, RunRecord } from '../../ports/run-queries.ts';
import type { LedgerAggregate, Store } from '../../ports/store.ts';
import { TareError } from '../errors.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { ledgerFigures } from '../figures/ledger-figures.ts';
import {
  hasNoPrice,
  hoursOf,
  instantOf,
  isCostUnknown,
  runMoney,
  runRow,
  totalOfRun,
} from '../figures/run-figures.ts';
import { readGeneratedMark } from '../generated-mark.ts';
import { EVERY_RUN, type RunParts } from '../report-runs.ts';
import type { ReceiptAttempt, ReceiptLine, RunReceipt } from '../results/runs.ts';
import { sign } from './explanation-lines.ts';
import { runDeviceHours } from './run-device-hours.ts';

/** The receipt of one run, named by its id, or by its name where only one run has it. */
export async function explainRun({ store, settings, clock }: RunParts, text: string): Promise<RunReceipt> {
  const run = await findRun(store, text);
  const { runId } = run;
  const [evidence, priced, hourly] = await Promise.all([
    store.runEvidence(runId),
    store.runParts({ runId, by: ['attempt', 'gpuModel', 'lifecycle', 'priceSource', 'price'] }),
    store.runParts({ runId, by: ['hour', 'attempt'] }),
  ]);
  const { currency } = settings;
  const context = { nowMs: clock.nowMs(), metric: null, frontier: new Set<string>() };
  return {
    currency,
    title: titleOf(run, currency),
    run: runRow(run, context),
    lines: linesOf(priced, evidence),
    attempts: evidence.attempts.map((attempt) => attemptOf(attempt, priced, currency)),
    charges: evidence.charges.map(({ description, costPicos, where, dataset }) => ({
      description,
      amount: formatPicos(costPicos),
      source: `${where} in ${dataset}`,
    })),
    sharedWith: evidence.sharedWith,
    timeline: timelineOf(hourly, evidence),
    generated: await readGeneratedMark(store),
  };
}

const IDS_SHOWN = 5;

async function findRun(store: Store, text: string): Promise<RunRecord> {
  const wanted = text.trim();
  const [byId] = await store.runs({ ...EVERY_RUN, filters: [{ dimension: 'run', values: [wanted] }] });
  if (byId) return byId;
  const named = await store.runs({
    ...EVERY_RUN,
    filters: [{ dimension: 'name', values: [wanted] }],
    isDescending: true,
    limit: IDS_SHOWN + 1,
  });
  if (named.length === 1) return named[0]!;
  const ids = named.slice(0, IDS_SHOWN).map(({ runId }) => runId);
  const remedy =
    ids.length > 0
      ? `several runs have this name; the latest: ${ids.join(', ')}`
      : 'tare report runs lists the runs of a window with their ids, such as slurm:prod:4711';
  throw new TareError('noSuchRun', `there is no run ${wanted}`, remedy);
}

function titleOf(run: RunRecord, currency: string): string {
  const amount = isCostUnknown(run) ? '?' : `${sign(currency)}${displayAmount(totalOfRun(run), 4)}`;
  const attempts = run.attempts === 1 ? '' : `, ${run.attempts} attempts`;
  const models = run.gpuModels.length === 0 ? '' : ` on ${run.gpuModels.join(' and ')}`;
  const name = run.name === run.runId ? run.runId : `${run.name} (${run.runId})`;
  return `${amount}   ${name}, ${run.state.replaceAll('_', ' ')}${attempts}, ${displayHours(grossOf(run.ticks))} GPU-hours${models}, team ${run.team}`;
}

function linesOf(parts: readonly RunPart[], evidence: RunEvidence): ReceiptLine[] {
  const deviceHours = runDeviceHours(evidence);
  const held = new Map<string, bigint>();
  for (const part of parts) held.set(heldKey(part), (held.get(heldKey(part)) ?? 0n) + grossOf(part.ticks));
  return parts
    .filter(({ ticks }) => grossOf(ticks) > 0n)
    .map((part): ReceiptLine => {
      const share = shareOf(held.get(heldKey(part)) ?? 0n, deviceHours.get(heldKey(part)) ?? 0);
      const { gpuHours, cost } = ledgerFigures(part);
      const isUnpriced = hasNoPrice(part);
      return {
        attempt: Number(part.key['attempt']),
        gpuModel: part.key['gpuModel']!,
        lifecycle: part.key['lifecycle']!,
        priceSource: part.key['priceSource']!,
        priceReference:
          part.price && !isUnpriced
            ? [part.price.priceDate, part.price.reference].filter(Boolean).join(', ') || null
            : null,
        deviceHours: share === null ? null : Number((gpuHours.gross / share).toFixed(6)),
        share,
        gpuHours: gpuHours.gross,
        unitPrice: isUnpriced ? null : formatPicos(unitPrice(part)),
        amount: isUnpriced ? null : cost.gross,
        gpuHoursByBucket: gpuHours,
        costByBucket: isUnpriced ? null : cost,
        shared: formatPicos(part.sharedPicos),
        isEstimated: part.estimatedPicos !== 0n,
      };
    });
}

function heldKey({ key }: RunPart): string {
  return `${key['attempt']} ${key['gpuModel']}`;
}

/** More than the device is no share: its hold is not known in full. */
function shareOf(ticks: bigint, deviceHours: number): number | null {
  if (deviceHours <= 0) return null;
  const share = ticksToHours(ticks) / deviceHours;
  return share > 1.000001 ? null : Math.min(1, Number(share.toFixed(9)));
}

/** The bill has no price of its own: what it comes to for each GPU-hour. */
function unitPrice(part: RunPart): bigint {
  if (part.price && part.key['priceSource'] !== 'bill') return part.price.perGpuHourPicos;
  return divideHalfEven(grossOf(part.cost) * TICKS_PER_GPU_HOUR, grossOf(part.ticks));
}

function attemptOf(attempt: RunAttempt, parts: readonly RunPart[], currency: string): ReceiptAttempt {
  const own = parts.filter(({ key }) => Number(key['attempt']) === attempt.attempt);
  const total = sumAggregates(own);
  const isUnknown = (own.length === 0 && attempt.startMs !== null) || hasNoPrice(total);
  const { queuedMs, startMs } = attempt;
  return {
    attempt: attempt.attempt,
    state: attempt.state,
    stateDetail: attempt.stateDetail,
    queue: attempt.queue,
    queuedAt: instantOf(queuedMs),
    startedAt: instantOf(startMs),
    endedAt: instantOf(attempt.endMs),
    waitHours: queuedMs === null || startMs === null ? null : hoursOf(Math.max(0, startMs - queuedMs)),
    workload: attempt.workloadId,
    gpuHours: own.length === 0 && startMs !== null ? null : ticksToHours(grossOf(total.ticks)),
    ...runMoney(total, isUnknown),
    lastCheckpointAt: hasLost(attempt) ? instantOf(attempt.checkpointMs) : null,
    lost: lostWords(attempt, total, isUnknown, currency),
    source: attempt.dataset,
  };
}

function hasLost({ state, startMs }: RunAttempt): boolean {
  return startMs !== null && ['failed', 'cancelled', 'preempted', 'timed_out'].includes(state);
}

function lostWords(
  attempt: RunAttempt,
  total: LedgerAggregate,
  isUnknown: boolean,
  currency: string,
): string | null {
  if (!hasLost(attempt)) return null;
  const hours = `${displayHours(total.ticks.lost)} GPU-hours`;
  const amount = isUnknown ? hours : `${hours}, ${displayMoney(total.cost.lost, currency)}`;
  const since =
    attempt.checkpointMs === null
      ? 'since its start: no checkpoint of this attempt is known'
      : `since the checkpoint of ${formatInstant(attempt.checkpointMs)}`;
  const unmeasured = total.ticks.unobserved > 0n ? '; what ran unobserved is not in it' : '';
  return `${amount} ${since}${unmeasured}`;
}

function timelineOf(parts: readonly RunPart[], { power }: RunEvidence): RunReceipt['timeline'] {
  const byHour = new Map(power.map((entry) => [formatInstant(entry.hourMs), entry]));
  return parts.map((part) => {
    const { gpuHours } = ledgerFigures(part);
    const measured = byHour.get(part.key['hour']!);
    return {
      hour: part.key['hour']!,
      attempt: Number(part.key['attempt']),
      gpuHours: gpuHours.gross,
      gpuHoursByBucket: gpuHours,
      cost: hasNoPrice(part) ? null : formatPicos(totalOfRun(part)),
      activity: measured?.busyFraction == null ? null : Number(measured.busyFraction.toFixed(4)),
      powerWatts: measured?.meanWatts == null ? null : Number(measured.meanWatts.toFixed(1)),
    };
  });
}
