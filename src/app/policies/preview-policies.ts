import { groupBy } from '../../domain/collections/group-by.ts';
import { describeSize } from '../../domain/governance/launch.ts';
import { judgePast, type PastVerdict } from '../../domain/governance/past/judge-past.ts';
import type { PastLaunch } from '../../domain/governance/past/past-launch.ts';
import { rebuildLaunches, sumHours } from '../../domain/governance/past/rebuild-launches.ts';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { UNTAGGED } from '../../domain/ownership/owner.ts';
import { DAY_MS, type EpochMs, formatInstant, type TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { PoliciesInForce, ReadPolicy } from '../../ports/policy-reader.ts';
import type { ReportParts } from '../report-ledger.ts';
import type { PolicyPreview, PolicyPreviewRow, StoppedFigures, StoppedLaunch } from '../results/policies.ts';
import type { PolicyPreviewRequest } from '../tare.ts';

export const DEFAULT_PREVIEW_DAYS = 30;
export const DEFAULT_PREVIEW_TOP = 100;

export type PreviewParts = ReportParts & Readonly<{ policies: PoliciesInForce }>;

/** What policies would have stopped of the launches that really happened. */
export async function previewPolicies(
  { store, settings, clock, policies }: PreviewParts & Readonly<{ clock: { nowMs(): EpochMs } }>,
  { text, window: asked, top }: PolicyPreviewRequest,
): Promise<PolicyPreview> {
  const untilMs = (await store.extent()).ledger?.toMs ?? null;
  const window = asked ?? lastDays(untilMs ?? clock.nowMs());
  const { currency } = settings;
  const reading = policies.read(text ?? policies.text);
  const head = {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    dataUntil: untilMs === null ? null : formatInstant(untilMs),
    mistakes: reading.mistakes,
  };
  const nothing = { ...head, launches: 0, rows: [], stopped: figuresOf(0, []) };
  if (reading.mistakes.length > 0 || untilMs === null) return nothing;
  const [holders, hours, runs] = await Promise.all([
    store.pastHolders(window),
    store.holderHours(window),
    store.runSpans(window),
  ]);
  const launches = rebuildLaunches({
    holders,
    hours,
    runs,
    window,
    untilMs,
    owners: settings.owners,
    gpus: policies.gpus(window.toMs),
    currency,
  });
  const judged = reading.policies.map((read) => judgeAll(read, launches));
  return {
    ...head,
    launches: launches.length,
    rows: judged.map((one) => toRow(one, top ?? DEFAULT_PREVIEW_TOP)),
    stopped: stoppedByAny(judged),
  };
}

function lastDays(untilMs: EpochMs): TimeWindow {
  return { fromMs: untilMs - DEFAULT_PREVIEW_DAYS * DAY_MS, toMs: untilMs };
}

type Refusal = Extract<PastVerdict, { kind: 'stopped' | 'warned' }>;
type Judged = Readonly<{
  read: ReadPolicy;
  verdicts: readonly Readonly<{ past: PastLaunch; verdict: PastVerdict }>[];
}>;
type Refused = Readonly<{ past: PastLaunch; verdict: Refusal }>;

function judgeAll(read: ReadPolicy, launches: readonly PastLaunch[]): Judged {
  return { read, verdicts: launches.map((past) => ({ past, verdict: judgePast(read.policy, past) })) };
}

function refusedOf({ verdicts }: Judged): readonly Refused[] {
  return verdicts.filter(
    (one): one is Refused => one.verdict.kind === 'stopped' || one.verdict.kind === 'warned',
  );
}

function toRow(judged: Judged, top: number): PolicyPreviewRow {
  const { policy, line } = judged.read;
  const refused = refusedOf(judged);
  const countOf = (kind: PastVerdict['kind']) =>
    judged.verdicts.filter(({ verdict }) => verdict.kind === kind).length;
  const [kept, stopped, warned] = [countOf('kept'), countOf('stopped'), countOf('warned')];
  const whys = judged.verdicts.flatMap(({ verdict }) => (verdict.kind === 'not-judged' ? [verdict.why] : []));
  const rows = refused
    .map(toStoppedLaunch)
    .toSorted(costliestFirst)
    .map(({ row }) => row);
  return {
    policy: policy.name,
    rule: policy.rule.rule,
    severity: policy.severity,
    line,
    outside: countOf('outside'),
    judged: kept + stopped + warned,
    kept,
    stopped,
    warned,
    notJudged: whys.length,
    reasons: [...groupBy(whys, (why) => why)]
      .map(([why, alike]) => ({ why, launches: alike.length }))
      .toSorted((a, b) => b.launches - a.launches || (a.why < b.why ? -1 : 1)),
    ...figuresOf(
      refused.length,
      refused.flatMap(({ verdict }) => verdict.hours),
    ),
    byTeam: [...groupBy(refused, ({ past }) => teamOf(past) ?? UNTAGGED)]
      .map(([team, own]) => ({
        team,
        ...figuresOf(
          own.length,
          own.flatMap(({ verdict }) => verdict.hours),
        ),
      }))
      .toSorted((a, b) => b.gpuHours - a.gpuHours || (a.team < b.team ? -1 : 1)),
    rows: rows.slice(0, top),
    more: Math.max(0, rows.length - top),
  };
}

/** Two policies may stop the same launch, at different times of it. */
function stoppedByAny(judged: readonly Judged[]): StoppedFigures {
  const refused = judged
    .filter(({ read }) => read.policy.severity === 'error')
    .flatMap((one) => refusedOf(one));
  const launches = new Set(refused.map(({ past }) => past));
  return figuresOf(launches.size, [...new Set(refused.flatMap(({ verdict }) => verdict.hours))]);
}

function figuresOf(launches: number, hours: readonly HolderHour[]): StoppedFigures {
  const { picos, idlePicos, ticks } = sumHours(hours);
  return {
    launches,
    gpuHours: ticksToHours(ticks),
    cost: formatPicos(picos),
    idleCost: formatPicos(idlePicos),
    unpricedGpuHours: ticksToHours(unpricedTicks(hours)),
  };
}

function unpricedTicks(hours: readonly HolderHour[]): bigint {
  return hours.reduce((sum, hour) => sum + hour.unpricedTicks, 0n);
}

type Listed = Readonly<{ row: StoppedLaunch; picos: bigint }>;

function toStoppedLaunch({ past, verdict }: Refused): Listed {
  const { picos, idlePicos, ticks } = sumHours(verdict.hours);
  const [{ launch, owner }] = past.variants;
  const isPriced = unpricedTicks(verdict.hours) === 0n;
  const row: StoppedLaunch = {
    id: past.id,
    name: launch.name,
    kind: launch.kind,
    team: teamOf(past),
    environment: owner['environment'] ?? null,
    receipt: past.receipt,
    size: describeSize(launch),
    lifecycles: [...new Set(past.variants.flatMap((variant) => variant.launch.lifecycle ?? []))],
    from: formatInstant(past.startMs),
    to: past.endMs === null ? null : formatInstant(past.endMs),
    message: verdict.message,
    fix: verdict.fix,
    gpuHours: ticksToHours(ticks),
    cost: isPriced ? formatPicos(picos) : null,
    idleCost: isPriced ? formatPicos(idlePicos) : null,
  };
  return { row, picos };
}

function costliestFirst(a: Listed, b: Listed): number {
  return a.picos === b.picos ? (a.row.id < b.row.id ? -1 : 1) : a.picos > b.picos ? -1 : 1;
}

function teamOf({ variants: [{ owner }] }: PastLaunch): string | null {
  return owner['team'] ?? null;
}
