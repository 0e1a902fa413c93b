import type { Lifecycle, QueueFact, RunState, TakenFact } from '../../domain/facts/facts.ts';
import { BUCKETS, type PerBucket } from '../../domain/ledger/buckets.ts';
import type { AttemptRecord } from '../../domain/levers/attempt-record.ts';
import type { HolderHour, RunSpan } from '../../domain/levers/holder-hour.ts';
import type { NodePlace } from '../../domain/levers/node-place.ts';
import type { HeldDevice } from '../../domain/levers/packed-nodes.ts';
import type { ActiveSlot } from '../../domain/levers/scale-to-zero.ts';
import type { ServedHour } from '../../domain/levers/served-hour.ts';
import type { UsageProfile } from '../../domain/levers/share.ts';
import { DAY_MS, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import { type Dialect, quote } from './dialect.ts';
import type { Row, SqlEngine } from './engine.ts';
import { ROLLED_UNTIL } from './roll-up-samples.ts';

const NEVER = '9007199254740991';
const GROSS_TICKS = BUCKETS.map((bucket) => `l.${bucket}_ticks`).join(' + ');

export async function holderHours(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<HolderHour[]> {
  const { dialect: d } = engine;
  const sums = BUCKETS.flatMap((bucket) =>
    ['ticks', 'picos'].map((unit) => `${d.sum(`l.${bucket}_${unit}`)} AS t_${bucket}_${unit}`),
  );
  const rows = await engine.read(`
    SELECT l.hour_ms AS at_hour, s.workload_id AS holder, s.node AS on_node, s.gpu_model AS of_model, s.lifecycle AS paid_as,
      max(s.workload_name) AS holder_name, max(s.kind) AS of_kind, max(s.team) AS of_team, max(s.environment) AS in_environment,
      max(s.pool) AS of_pool, count(DISTINCT s.device_id) AS device_count, ${sums.join(', ')},
      ${d.sum(`CASE WHEN s.price_source = 'unpriced' THEN ${GROSS_TICKS} ELSE 0 END`)} AS t_unpriced
    FROM ledger AS l JOIN subject AS s ON s.subject_id = l.subject_id
    WHERE l.hour_ms >= ${fromMs} AND l.hour_ms < ${toMs} AND s.device_id <> ''
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`);
  return rows.map(toHolderHour);
}

function toHolderHour(row: Row): HolderHour {
  const holder = String(row['holder']);
  const perBucket = (unit: string) =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, big(row[`t_${bucket}_${unit}`])]),
    ) as unknown as PerBucket<bigint>;
  return {
    hourMs: Number(row['at_hour']),
    workloadId: holder,
    workload: holder === '' ? 'nobody' : String(row['holder_name']),
    kind: named(row['of_kind']),
    team: named(row['of_team']),
    environment: named(row['in_environment']),
    node: String(row['on_node']),
    pool: named(row['of_pool']),
    gpuModel: String(row['of_model']),
    lifecycle: String(row['paid_as']),
    devices: Number(row['device_count']),
    ticks: perBucket('ticks'),
    cost: perBucket('picos'),
    unpricedTicks: big(row['t_unpriced']),
  };
}

export async function activeSlots(
  engine: SqlEngine,
  { fromMs, toMs }: TimeWindow,
  workloadIds: readonly string[],
  slotMs: number,
): Promise<ActiveSlot[]> {
  if (workloadIds.length === 0) return [];
  const { dialect: d } = engine;
  const rows = await engine.read(`
    SELECT a.workload_id AS holder, ${d.div('u.at_ms', String(slotMs))} * ${slotMs} AS at_slot, max(u.busy_ppm) AS most_busy, max(u.interval_ms) AS longest
    FROM allocation AS a JOIN "usage" AS u ON u.device_id = a.device_id
    WHERE ${heldBy(d, workloadIds)} AND u.at_ms >= ${fromMs} AND u.at_ms < ${toMs} AND u.busy_ppm IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2`);
  return rows.map((row) => ({
    workloadId: String(row['holder']),
    slotMs: Number(row['at_slot']),
    busyPpm: Number(row['most_busy']),
    intervalMs: Number(row['longest']),
  }));
}

/** Samples `u` of devices while one of the workloads held all of them, by allocation `a`. */
function heldBy(dialect: Dialect, workloadIds: readonly string[]): string {
  const ids = workloadIds.map((id) => quote(dialect, id)).join(', ');
  return `a.workload_id IN (${ids}) AND a.share_parts >= ${PARTS_PER_GPU}
    AND u.at_ms >= a.start_ms AND u.at_ms < coalesce(a.end_ms, ${NEVER})`;
}

/** Bins of the histograms that percentiles are read from: a 64th of a GiB and a half percent. */
const MEMORY_BIN_MIB = 16;
const ACTIVITY_BIN_PPM = 5_000;
const PERCENTILE = 0.99;

export async function usageProfiles(
  engine: SqlEngine,
  { fromMs, toMs }: TimeWindow,
  workloadIds: readonly string[],
): Promise<UsageProfile[]> {
  if (workloadIds.length === 0) return [];
  const { dialect: d } = engine;
  // An hour that was rolled up hides its peaks: what is no longer known must not look like a quiet hour.
  const [rolled] = await engine.read(`SELECT content FROM note WHERE name = '${ROLLED_UNTIL}'`);
  const knownFromMs = Math.max(fromMs, Number(rolled?.['content'] ?? '0'));
  const histogram = (measure: string, column: string, bin: number, more = '') => `
    SELECT a.workload_id AS holder, u.device_id AS device, '${measure}' AS measure, ${d.div(`u.${column}`, String(bin))} AS bin, count(*) AS n
    FROM allocation AS a JOIN "usage" AS u ON u.device_id = a.device_id
    WHERE ${heldBy(d, workloadIds)} AND u.at_ms >= ${knownFromMs} AND u.at_ms < ${toMs} AND u.${column} IS NOT NULL${more}
    GROUP BY 1, 2, 3, 4`;
  const bins = await engine.read(
    [
      histogram('memory', 'memory_used_mib', MEMORY_BIN_MIB),
      histogram('busy', 'busy_ppm', ACTIVITY_BIN_PPM),
      histogram('effective', 'effective_ppm', ACTIVITY_BIN_PPM, ' AND u.basis = 1'),
    ].join(' UNION ALL '),
  );
  return toProfiles(bins, await readDevices(engine));
}

type Bins = Map<string, [bin: number, count: number][]>;

function toProfiles(rows: readonly Row[], devices: ReadonlyMap<string, Row>): UsageProfile[] {
  const pairs = new Map<string, Bins>();
  for (const row of rows) {
    const key = JSON.stringify([row['holder'], row['device']]);
    const bins: Bins = pairs.get(key) ?? new Map();
    const measure = String(row['measure']);
    bins.set(measure, [...(bins.get(measure) ?? []), [Number(row['bin']), Number(row['n'])]]);
    pairs.set(key, bins);
  }
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, bins]) => {
      const [workloadId, deviceId] = JSON.parse(key) as [string, string];
      const device = devices.get(deviceId);
      if (!device) return [];
      const busy = bins.get('busy') ?? [];
      const effective = bins.get('effective') ?? [];
      const isEffectiveKnown = countOf(effective) > 0 && countOf(effective) === countOf(busy);
      return [
        {
          workloadId,
          deviceId,
          node: String(device['on_node']),
          gpuModel: String(device['of_model']),
          isWholeGpu: Number(device['parts']) >= PARTS_PER_GPU,
          deviceMemoryMib: device['memory'] === null ? null : Number(device['memory']),
          samples: countOf(busy),
          memoryP99Mib: percentileOf(bins.get('memory') ?? [], MEMORY_BIN_MIB),
          busyP99Ppm: percentileOf(busy, ACTIVITY_BIN_PPM),
          effectiveP99Ppm: isEffectiveKnown ? percentileOf(effective, ACTIVITY_BIN_PPM) : null,
        },
      ];
    });
}

/** The upper edge of the bin that holds the percentile, so that it is never too little; nothing at all stays nothing. */
function percentileOf(
  bins: readonly (readonly [bin: number, count: number])[],
  width: number,
): number | null {
  const wanted = Math.ceil(PERCENTILE * countOf(bins));
  let seen = 0;
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= wanted) return bin === 0 ? 0 : (bin + 1) * width;
  }
  return null;
}

function countOf(bins: readonly (readonly [bin: number, count: number])[]): number {
  return bins.reduce((sum, [, count]) => sum + count, 0);
}

export async function heldDevices(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<HeldDevice[]> {
  const rows = await engine.read(`
    SELECT workload_id AS holder, device_id AS device, share_parts AS share, start_ms AS from_ms, end_ms AS to_ms FROM allocation
    WHERE start_ms < ${toMs} AND coalesce(end_ms, ${NEVER}) > ${fromMs} ORDER BY start_ms, workload_id, device_id`);
  const devices = await readDevices(engine);
  return rows.flatMap((row) => {
    const device = devices.get(String(row['device']));
    if (!device) return [];
    return [
      {
        workloadId: String(row['holder']),
        deviceId: String(row['device']),
        node: String(device['on_node']),
        gpuModel: String(device['of_model']),
        isWholeGpu: Number(device['parts']) >= PARTS_PER_GPU,
        shareParts: Number(row['share']),
        startMs: Math.max(fromMs, Number(row['from_ms'])),
        endMs: Math.min(toMs, toNumber(row['to_ms']) ?? toMs),
      },
    ];
  });
}

/** Where each device is and what; one that moved is at one of its places. */
async function readDevices(engine: SqlEngine): Promise<ReadonlyMap<string, Row>> {
  const rows = await engine.read(`
    SELECT c.device_id AS device, max(p.node) AS on_node, max(p.gpu_model) AS of_model, max(p.gpu_parts) AS parts, max(p.memory_mib) AS memory
    FROM capacity AS c JOIN place AS p ON p.place_id = c.place_id GROUP BY 1`);
  return new Map(rows.map((row) => [String(row['device']), row]));
}

/** Sums that are exact on every engine, since they are of whole numbers. */
const SERVED_SUMS = {
  latency: 'latency_us',
  queue: 'queue_us',
  prefill: 'prefill_us',
  decode: 'decode_us',
  prompt: '(input_tokens - coalesce(cached_tokens, 0))',
  output: 'output_tokens',
} as const;
type ServedSum = keyof typeof SERVED_SUMS;

/** Several models of one replica share its time, so slots of replicas are put together before hours are added up. */
export async function servedHours(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<ServedHour[]> {
  const { dialect: d } = engine;
  const length = '(max(end_ms) - start_ms)';
  const inBatches = (value: string) => `CASE WHEN batch_milli > 0 THEN ${value} ELSE 0 END`;
  const names = Object.keys(SERVED_SUMS) as ServedSum[];
  const ofSlot = names.map((name) => {
    const of = SERVED_SUMS[name];
    return `${d.sum(`coalesce(${of}, 0)`)} AS s_${name}, count(${of}) AS k_${name}`;
  });
  const ofHour = [...names, 'running', 'cache'].map(
    (name) => `${d.sum(`s_${name}`)} AS all_${name}, ${d.sum(`k_${name}`)} AS known_${name}`,
  );
  const rows = await engine.read(`
    SELECT endpoint, at_hour, ${d.sum('slot_ms')} AS all_ms, ${d.sum('n_requests')} AS n_all, ${d.sum('n_batched')} AS n_in_batches,
      ${d.sum('milli_batches')} AS n_milli_batches, ${ofHour.join(', ')}
    FROM (
      SELECT endpoint, replica, start_ms, ${d.div('start_ms', String(HOUR_MS))} * ${HOUR_MS} AS at_hour, ${length} AS slot_ms,
        sum(requests) AS n_requests, sum(${inBatches('requests')}) AS n_batched,
        sum(${inBatches(d.div('requests * 1000000', 'batch_milli'))}) AS milli_batches,
        sum(coalesce(running_milli, 0)) * ${length} AS s_running, CASE WHEN count(running_milli) > 0 THEN ${length} ELSE 0 END AS k_running,
        coalesce(max(cache_use_ppm), 0) * ${length} AS s_cache, CASE WHEN count(cache_use_ppm) > 0 THEN ${length} ELSE 0 END AS k_cache,
        ${ofSlot.join(', ')}
      FROM traffic WHERE start_ms >= ${fromMs} AND start_ms < ${toMs} GROUP BY 1, 2, 3, 4
    ) AS slots GROUP BY 1, 2 ORDER BY 1, 2`);
  return rows.map(toServedHour);
}

function toServedHour(row: Row): ServedHour {
  const known = (name: string) => Number(row[`known_${name}`]);
  const sum = (name: ServedSum, scale = 1) => (known(name) > 0 ? Number(row[`all_${name}`]) / scale : null);
  const mean = (name: string, scale: number) =>
    known(name) > 0 ? Number(row[`all_${name}`]) / known(name) / scale : null;
  const batchedRequests = Number(row['n_in_batches']);
  return {
    endpoint: String(row['endpoint']),
    hourMs: Number(row['at_hour']),
    requests: Number(row['n_all']),
    replicaMs: Number(row['all_ms']),
    batches: batchedRequests === 0 ? null : Number(row['n_milli_batches']) / 1_000,
    batchedRequests,
    latencyMs: sum('latency', 1_000),
    queueMs: sum('queue', 1_000),
    prefillMs: sum('prefill', 1_000),
    decodeMs: sum('decode', 1_000),
    promptTokens: sum('prompt'),
    outputTokens: sum('output'),
    running: mean('running', 1_000),
    cacheUse: mean('cache', 1_000_000),
  };
}

export async function queueSlots(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<QueueFact[]> {
  const rows = await engine.read(`
    SELECT queue, start_ms, end_ms, waiting_ms, pending_milli, pending_gpu_milli, reserved_gpu_milli, used_gpu_milli, nominal_gpu_milli
    FROM queue WHERE start_ms < ${toMs} AND end_ms > ${fromMs} ORDER BY start_ms, queue`);
  const milli = (value: unknown) => {
    const number = toNumber(value);
    return number === null ? null : number / 1_000;
  };
  return rows.map((row) => ({
    queue: String(row['queue']),
    startMs: Number(row['start_ms']),
    endMs: Number(row['end_ms']),
    waitingMs: toNumber(row['waiting_ms']),
    pendingWorkloads: milli(row['pending_milli']),
    pendingGpus: milli(row['pending_gpu_milli']),
    reservedGpus: milli(row['reserved_gpu_milli']),
    usedGpus: milli(row['used_gpu_milli']),
    nominalGpus: milli(row['nominal_gpu_milli']),
  }));
}

const LOOK_BACK_MS = 30 * DAY_MS;

export async function runSpans(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<RunSpan[]> {
  const rows = await engine.read(`
    SELECT run_id, name, workload_id, queue, queued_ms, start_ms, end_ms, gang_until_ms FROM run
    WHERE coalesce(queued_ms, start_ms, ${NEVER}) < ${toMs} AND coalesce(end_ms, ${NEVER}) > ${fromMs - LOOK_BACK_MS}
    ORDER BY run_id, attempt`);
  return rows.map((row) => ({
    runId: String(row['run_id']),
    name: String(row['name']),
    workloadId: String(row['workload_id']) || null,
    queue: String(row['queue']) || null,
    queuedMs: toNumber(row['queued_ms']),
    startMs: toNumber(row['start_ms']),
    endMs: toNumber(row['end_ms']),
    gangUntilMs: toNumber(row['gang_until_ms']),
  }));
}

export async function nodePlaces(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<NodePlace[]> {
  const rows = await engine.read(`
    SELECT node, gpu_model, lifecycle, max(provider) AS of_provider, max(region) AS in_region, max(instance_type) AS of_type
    FROM subject WHERE device_id <> '' AND subject_id IN (
      SELECT subject_id FROM ledger WHERE hour_ms >= ${fromMs} AND hour_ms < ${toMs})
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
  return rows.map((row) => ({
    node: String(row['node']),
    gpuModel: String(row['gpu_model']),
    lifecycle: String(row['lifecycle']) as Lifecycle,
    provider: known(row['of_provider']),
    region: known(row['in_region']),
    instanceType: known(row['of_type']),
  }));
}

export async function interruptions(
  engine: SqlEngine,
  { fromMs, toMs }: TimeWindow,
): Promise<AttemptRecord[]> {
  const attempts = await engine.read(`
    SELECT run_id, attempt, name, workload_id, state, start_ms, end_ms, parameters, metrics FROM run
    WHERE workload_id <> '' AND start_ms < ${toMs} AND coalesce(end_ms, ${NEVER}) > ${fromMs}
    ORDER BY run_id, attempt`);
  const checkpoints = await engine.read(`
    SELECT workload_id, count(*) AS n FROM checkpoint WHERE at_ms >= ${fromMs} AND at_ms < ${toMs} GROUP BY 1`);
  const counts = new Map(checkpoints.map((row) => [String(row['workload_id']), Number(row['n'])]));
  return attempts.map((row) => ({
    runId: String(row['run_id']),
    attempt: Number(row['attempt']),
    name: String(row['name']),
    workloadId: String(row['workload_id']),
    state: String(row['state']) as RunState,
    startMs: Number(row['start_ms']),
    endMs: toNumber(row['end_ms']),
    checkpoints: counts.get(String(row['workload_id'])) ?? 0,
    checkpointSeconds: positive(row['metrics'], 'checkpoint_seconds'),
    deadlineHours:
      positive(row['parameters'], 'deadline_hours') ?? positive(row['metrics'], 'deadline_hours'),
  }));
}

/** A parameter is text, a metric a number. */
function positive(json: unknown, name: string): number | null {
  const { [name]: value } = JSON.parse(String(json ?? '') || '{}') as Record<string, unknown>;
  const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof amount === 'number' && Number.isFinite(amount) && amount > 0 ? amount : null;
}

/** The ledger says `none` where it does not know. */
function known(value: unknown): string | null {
  const text = String(value ?? '');
  return text === '' || text === 'none' ? null : text;
}

export async function taken(engine: SqlEngine): Promise<TakenFact[]> {
  const rows = await engine.read('SELECT * FROM taken ORDER BY at_ms, change_id');
  return rows.map((row) => ({
    changeId: String(row['change_id']),
    atMs: Number(row['at_ms']),
    lever: String(row['lever']),
    target: String(row['target']),
    owner: String(row['owner']),
    takenBy: String(row['taken_by']) || null,
    promised:
      row['expected_picos'] === null || row['expected_picos'] === undefined
        ? null
        : {
            low: big(row['low_picos']),
            expected: big(row['expected_picos']),
            high: big(row['high_picos']),
          },
    currency: String(row['currency']),
  }));
}

function named(value: unknown): string {
  return String(value) || 'none';
}

function big(value: unknown): bigint {
  return BigInt((value ?? 0) as bigint | string | number);
}

function toNumber(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
