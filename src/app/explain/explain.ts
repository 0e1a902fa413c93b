import { BUCKETS } from '../../domain/ledger/buckets.ts';
import { displayAmount } from '../../domain/money/display-money.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { closestWord } from '../../domain/text/closest-word.ts';
import { DAY_MS, type EpochMs, floorToDay, HOUR_MS } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { Evidence, LedgerAggregate, Store } from '../../ports/store.ts';
import { TareError } from '../errors.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { isUnpriced } from '../figures/ledger-figures.ts';
import { windowName } from '../figures/window-name.ts';
import type { ReportParts } from '../report-ledger.ts';
import type { Explanation } from '../results/results.ts';
import { explanationLines, sign } from './explanation-lines.ts';
import { recompute } from './recompute.ts';
import { formatRowName, parseRowName, type RowName } from './row-name.ts';

const NAMES_SHOWN = 5;

/** Where one figure of the ledger comes from: what was paid and held, the samples, the formula and the price. */
export async function explain({ store, settings }: ReportParts, text: string): Promise<Explanation> {
  const name = parseRowName(text);
  const evidence = await store.evidence(name.deviceId, name.hourMs);
  const rows = evidence.rows.filter((row) => workloadOf(row) === name.workload);
  const row = sumAggregates(rows, rows[0]?.key ?? {});
  if (row.ticks[name.bucket] === 0n) throw await noSuchRow(store, name, evidence);

  const recomputed = recompute(evidence, name.hourMs, name.workload, settings.maxHoldIntervals);
  const { currency } = settings;
  const cost = isUnpriced(row) ? null : row.cost[name.bucket];
  const amount = cost === null ? '?' : `${sign(currency)}${displayAmount(cost, 4)}`;
  return {
    row: formatRowName(name),
    currency,
    title: `${amount}   ${name.bucket}, ${hourName(name.hourMs)}, ${holderOf(name, row)} on ${deviceOf(name, evidence)}`,
    cost: cost === null ? null : formatPicos(cost),
    gpuHours: ticksToHours(row.ticks[name.bucket]),
    lines: explanationLines({ name, currency, evidence, row, recomputed }),
  };
}

/** Ledger rows that nobody holds carry no workload; a dimension that does not apply is spelt `none`. */
function workloadOf({ key }: LedgerAggregate): string {
  const workload = key['workload'] ?? '';
  return workload === 'none' || workload === 'nobody' ? '' : workload;
}

function hourName(hourMs: EpochMs): string {
  const clock = (at: EpochMs) => new Date(at).toISOString().slice(11, 16);
  return `${windowName({ fromMs: floorToDay(hourMs), toMs: floorToDay(hourMs) + DAY_MS })} ${clock(hourMs)}–${clock(hourMs + HOUR_MS)}Z`;
}

function holderOf({ workload }: RowName, { key }: LedgerAggregate): string {
  if (workload === '') return 'held by nobody';
  return key['team'] === undefined ? workload : `${workload} (team ${key['team']})`;
}

function deviceOf({ deviceId }: RowName, { slots }: Evidence): string {
  const [slot] = slots;
  return slot ? `${deviceId} (${slot.gpuModel}, node ${slot.node})` : deviceId;
}

async function noSuchRow(store: Store, name: RowName, evidence: Evidence): Promise<TareError> {
  const message = `the ledger has no row ${formatRowName(name)}`;
  if (evidence.rows.length > 0)
    return new TareError('noSuchRow', message, `this hour of the device has ${rowsOf(name, evidence)}`);

  const hour = { fromMs: name.hourMs, toMs: name.hourMs + HOUR_MS };
  const devices = await store.ledger({ window: hour, by: ['device'] });
  const names = devices
    .map(({ key }) => key['device'] ?? '')
    .filter((device) => device !== '' && device !== 'none');
  if (names.length === 0) return new TareError('noSuchRow', message, await reachOf(store));
  const meant = closestWord(name.deviceId, names);
  const list = `devices in this hour: ${firstFew(names)}`;
  return new TareError('noSuchRow', message, meant ? `did you mean ${meant}? ${list}` : list);
}

function rowsOf(name: RowName, { rows }: Evidence): string {
  const existing = rows.flatMap((row) =>
    BUCKETS.filter((bucket) => row.ticks[bucket] > 0n).map((bucket) =>
      formatRowName({ ...name, workload: workloadOf(row), bucket }),
    ),
  );
  return firstFew([...new Set(existing)]);
}

async function reachOf(store: Store): Promise<string> {
  const { ledger } = await store.extent();
  if (ledger === null) return 'the ledger is empty: import something first';
  return `the ledger has no GPU time in this hour; it reaches over ${windowName(ledger)}`;
}

function firstFew(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${shown}, and ${names.length - NAMES_SHOWN} more` : shown;
}
