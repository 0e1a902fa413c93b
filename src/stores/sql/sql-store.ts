import type { FactBatch } from '../../domain/facts/facts.ts';
import { impliedCapacity } from '../../domain/ledger/weigh-fleet.ts';
import type { Owner } from '../../domain/ownership/owner.ts';
import type { PriceKey, Rate } from '../../domain/pricing/price.ts';
import {
  ceilToHour,
  DAY_MS,
  type EpochMs,
  floorToDay,
  floorToHour,
  HOUR_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type {
  BuildCounts,
  ChargeAggregate,
  ChargeQuery,
  DatasetHeader,
  DatasetRecord,
  Evidence,
  Extent,
  ImportCounts,
  LedgerAggregate,
  LedgerQuery,
  LedgerSettings,
  ReadingRecord,
  Reconciliation,
  Store,
  UnpricedItem,
} from '../../ports/store.ts';
import { buildHours } from './build/build-hours.ts';
import type { BuildContext } from './build/context.ts';
import {
  attributeSetId,
  type Interners,
  parseAttributes,
  parsePriceKey,
  placeId,
  priceKeyText,
} from './cells.ts';
import { quote } from './dialect.ts';
import type { Cell, SqlEngine } from './engine.ts';
import { applyStaged, changedOf, compareStaged, STAGING_TABLES, stageFacts } from './import-facts.ts';
import { createInterner } from './interner.ts';
import * as queries from './queries.ts';
import { columnDefinitions, columnsOf, TABLES, type TableName } from './schema.ts';

const NEVER = 9_007_199_254_740_991;
/** Raised when the tables change; see `migrations.ts`. */
const DEFAULT_SETTINGS: LedgerSettings = { currency: 'USD', shared: 'proportional', maxHoldIntervals: 2 };
const UNPRICED = { source: 'unpriced', perGpuHourPicos: 0n, priceDate: '', reference: '' };

/** The store over any engine that speaks the shared SQL. One process, one writer at a time; reads go on beside it. */
export async function openSqlStore(engine: SqlEngine): Promise<Store> {
  const interners: Interners = {
    places: createInterner(await pairs(engine, 'place', 'place_key', 'place_id')),
    attributeSets: createInterner(await pairs(engine, 'attribute_set', 'set_key', 'set_id')),
    priceKeys: createInterner(await pairs(engine, 'price_key', 'price_key', 'price_key_id')),
  };
  const store = new SqlStore(engine, interners);
  await store.prepare();
  return store;
}

async function pairs(
  engine: SqlEngine,
  table: TableName,
  key: string,
  id: string,
): Promise<[string, number][]> {
  const rows = await engine.rows(`SELECT ${key} AS k, ${id} AS i FROM ${table}`);
  return rows.map((row) => [String(row['k']), Number(row['i'])]);
}

class SqlStore implements Store {
  readonly url: string;
  readonly #engine: SqlEngine;
  readonly #interners: Interners;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(engine: SqlEngine, interners: Interners) {
    this.url = engine.url;
    this.#engine = engine;
    this.#interners = interners;
  }

  /** Facts that every store has, and the end of an import that was acknowledged to nobody yet. */
  async prepare(): Promise<void> {
    // Set 0 is the empty one and place 0 the implied one: the SQL refers to both by number.
    attributeSetId({}, this.#interners);
    placeId(impliedCapacity('', 0, 0), this.#interners);
    await this.#storeInterned();
    const pending = await this.readNote('pending-import');
    if (pending) await this.#finishImport(JSON.parse(pending));
  }

  importDataset(header: DatasetHeader, batches: AsyncIterable<FactBatch>): Promise<ImportCounts> {
    return this.#exclusively(async () => {
      const datasetId = await this.#datasetId(header.name);
      try {
        await stageFacts(this.#engine, datasetId, batches, this.#interners);
        const compared = await compareStaged(this.#engine, datasetId);
        if (compared.sameAsDataset !== null) {
          const sameAs = await this.#datasetName(compared.sameAsDataset);
          return { imported: 0, unchanged: compared.staged, removed: 0, alsoElsewhere: 0, sameAs };
        }
        const pending = { datasetId, header, facts: compared.staged };
        if (!this.#engine.hasTransactions) await this.#note('pending-import', JSON.stringify(pending));
        const removed = await this.#finishImport(pending);
        return {
          imported: compared.staged - compared.unchanged,
          unchanged: compared.unchanged,
          removed,
          alsoElsewhere: compared.alsoElsewhere,
          sameAs: null,
        };
      } catch (error) {
        for (const interner of Object.values(this.#interners)) interner.discarded();
        throw error;
      } finally {
        await this.#engine.drop(STAGING_TABLES).catch(() => undefined);
      }
    });
  }

  /** The step that makes an import visible; run again from its start after a kill on engines without transactions. */
  async #finishImport(pending: { datasetId: number; header: DatasetHeader; facts: number }): Promise<number> {
    const { datasetId, header, facts } = pending;
    const { maxHoldIntervals } = await this.#settings();
    let removed = 0;
    await this.#engine.atomically(async () => {
      await this.#storeInterned();
      removed = await applyStaged(this.#engine, datasetId, maxHoldIntervals);
      await this.#noteLongestInterval();
      await this.#writeDataset(datasetId, header, facts);
      await this.#engine.run(`DELETE FROM note WHERE name = 'pending-import'`);
    });
    return removed;
  }

  /** How far a sample can reach bounds how far a build looks back. It never shrinks: looking too far back is only slower. */
  async #noteLongestInterval(): Promise<void> {
    const [longest] = await this.#engine.rows(
      `SELECT coalesce(max(interval_ms), 0) AS ms FROM ${changedOf('usage')} WHERE same = 0`,
    );
    const known = Number((await this.readNote('longest-interval')) ?? '0');
    if (Number(longest!['ms']) > known) await this.#note('longest-interval', String(longest!['ms']));
  }

  async #datasetId(name: string): Promise<number> {
    const [known] = await this.#engine.rows(
      `SELECT dataset_id AS i FROM dataset WHERE name = ${this.#text(name)}`,
    );
    if (known) return Number(known['i']);
    const [top] = await this.#engine.rows(`SELECT coalesce(max(dataset_id), 0) AS i FROM dataset`);
    return Number(top!['i']) + 1;
  }

  async #datasetName(id: number): Promise<string> {
    const [row] = await this.#engine.rows(`SELECT name FROM dataset WHERE dataset_id = ${id}`);
    return String(row?.['name'] ?? '');
  }

  async #writeDataset(id: number, header: DatasetHeader, facts: number): Promise<void> {
    const [span] = await this.#engine.rows(queries.datasetSpan(id));
    await this.#engine.run(`DELETE FROM dataset WHERE dataset_id = ${id}`);
    const row: Cell[] = [
      id,
      header.name,
      header.kind,
      header.importedAtMs,
      facts,
      numberOrNull(span?.['lo']),
      numberOrNull(span?.['hi']),
      facts,
      '[]',
      '[]',
    ];
    await this.#engine.append('dataset', 'dataset', [row]);
  }

  recordReading(dataset: string, reading: ReadingRecord): Promise<void> {
    return this.#exclusively(async () => {
      const [known] = await this.#engine.rows(`SELECT * FROM dataset WHERE name = ${this.#text(dataset)}`);
      if (!known) return;
      await this.#engine.atomically(async () => {
        await this.#engine.run(`DELETE FROM dataset WHERE name = ${this.#text(dataset)}`);
        const row = columnsOf('dataset').map((column) => known[column] as Cell);
        row.splice(
          -3,
          3,
          reading.rowsRead,
          JSON.stringify(reading.rejects),
          JSON.stringify(reading.warnings),
        );
        await this.#engine.append('dataset', 'dataset', [row]);
      });
    });
  }

  async datasets(): Promise<readonly DatasetRecord[]> {
    const rows = await this.#engine.read(`SELECT * FROM dataset ORDER BY imported_at_ms, dataset_id`);
    return rows.map((row) => ({
      name: String(row['name']),
      kind: String(row['kind']),
      importedAtMs: Number(row['imported_at_ms']),
      facts: Number(row['facts']),
      firstMs: numberOrNull(row['first_ms']),
      lastMs: numberOrNull(row['last_ms']),
      rowsRead: Number(row['rows_read']),
      rejects: JSON.parse(String(row['rejects'])),
      warnings: JSON.parse(String(row['warnings'])),
    }));
  }

  async removeDataset(dataset: string): Promise<void> {
    await this.importDataset({ name: dataset, kind: 'removed', importedAtMs: 0 }, nothing());
    await this.#exclusively(() =>
      this.#engine.run(`DELETE FROM dataset WHERE name = ${this.#text(dataset)}`),
    );
  }

  async priceKeys(): Promise<readonly Readonly<{ key: PriceKey; window: TimeWindow }>[]> {
    const rows = await this.#engine.read(`
      SELECT k.price_key AS k, min(c.start_ms) AS lo, max(coalesce(c.end_ms, ${NEVER})) AS hi
      FROM capacity AS c JOIN place AS p ON p.place_id = c.place_id JOIN price_key AS k ON k.price_key_id = p.price_key_id
      GROUP BY k.price_key ORDER BY k.price_key`);
    return rows.map((row) => ({
      key: parsePriceKey(String(row['k'])),
      window: { fromMs: Number(row['lo']), toMs: Number(row['hi']) },
    }));
  }

  saveRates(given: readonly Readonly<{ key: PriceKey; rates: readonly Rate[] }>[]): Promise<void> {
    return this.#exclusively(async () => {
      const stored = await this.#engine.rows('SELECT * FROM rate ORDER BY price_key_id, from_ms');
      const [top] = await this.#engine.rows('SELECT coalesce(max(rate_id), 0) AS i FROM rate');
      let nextId = Number(top!['i']) + 1;
      const changed: { keyId: number; rows: Cell[][]; fromMs: number }[] = [];
      for (const { key, rates } of given) {
        const keyId = this.#interners.priceKeys.idOf(priceKeyText(key), () => []);
        const before = stored.filter((row) => Number(row['price_key_id']) === keyId).map(rateText);
        const after = withHolesUnpriced(rates);
        const firstChange = after.findIndex((segment, index) => segmentText(segment) !== before[index]);
        if (firstChange === -1 && before.length === after.length) continue;
        const rows = after.map((segment) => [nextId++, keyId, ...segment]);
        changed.push({ keyId, rows, fromMs: Number(after[firstChange]?.[0] ?? 0) });
      }
      if (changed.length === 0) return;
      await this.#engine.atomically(async () => {
        await this.#storeInterned();
        const ids = changed.map(({ keyId }) => keyId).join(', ');
        await this.#engine.run(`DELETE FROM rate WHERE price_key_id IN (${ids})`);
        await this.#engine.append(
          'rate',
          'rate',
          changed.flatMap(({ rows }) => rows),
        );
        await this.#engine.run(`
          INSERT INTO stale SELECT min(c.start_ms) AS lo, max(coalesce(c.end_ms, ${NEVER})) AS hi, 0 AS paid
          FROM capacity AS c JOIN place AS p ON p.place_id = c.place_id WHERE p.price_key_id IN (${ids}) HAVING count(*) > 0`);
      });
    });
  }

  async attributeSets(): Promise<readonly Readonly<{ id: string; attributes: Record<string, string> }>[]> {
    const rows = await this.#engine.read(
      'SELECT set_id AS i, set_key AS k FROM attribute_set ORDER BY set_id',
    );
    return rows.map((row) => ({ id: String(row['i']), attributes: parseAttributes(String(row['k'])) }));
  }

  saveOwners(owners: readonly Readonly<{ id: string; owner: Owner }>[]): Promise<void> {
    return this.#exclusively(async () => {
      const stored = await this.#engine.rows(
        'SELECT set_id AS i, owner AS o, set_key, account, service FROM attribute_set',
      );
      const byId = new Map(stored.map((row) => [String(row['i']), row]));
      const changed = owners.filter(
        ({ id, owner }) => byId.has(id) && ownerText(owner) !== byId.get(id)!['o'],
      );
      if (changed.length === 0) return;
      await this.#engine.atomically(async () => {
        const ids = changed.map(({ id }) => id).join(', ');
        await this.#engine.run(`DELETE FROM attribute_set WHERE set_id IN (${ids})`);
        await this.#engine.append(
          'attribute_set',
          'attribute_set',
          changed.map(({ id, owner }) => {
            const row = byId.get(id)!;
            const { team = '', model = '', environment = '' } = owner;
            const kept = [row['account'], row['service']] as string[];
            return [Number(id), String(row['set_key']), team, model, environment, ownerText(owner), ...kept];
          }),
        );
        await this.#engine.run(queries.staleBySets(ids));
      });
    });
  }

  async saveSettings(settings: LedgerSettings): Promise<void> {
    if (JSON.stringify(await this.#settings()) === JSON.stringify(ordered(settings))) return;
    await this.#exclusively(() =>
      this.#engine.atomically(async () => {
        await this.#note('ledger-settings', JSON.stringify(ordered(settings)));
        await this.#engine.run(`INSERT INTO stale SELECT 0 AS lo, CAST(${NEVER} AS BIGINT) AS hi, 0 AS paid`);
      }),
    );
  }

  async #settings(): Promise<LedgerSettings> {
    const text = await this.readNote('ledger-settings');
    return text ? JSON.parse(text) : DEFAULT_SETTINGS;
  }

  async staleWindows(untilMs: EpochMs): Promise<readonly TimeWindow[]> {
    const [extent] = await this.#engine.rows(queries.factExtent(untilMs));
    if (numberOrNull(extent?.['lo']) === null) return [];
    const known = {
      fromMs: floorToHour(Number(extent!['lo'])),
      toMs: ceilToHour(Math.min(Number(extent!['hi']), untilMs)),
    };
    const rows = await this.#engine.rows('SELECT DISTINCT from_ms, to_ms, is_paid FROM stale');
    const marked = rows.map((row) => ({
      fromMs: Number(row['from_ms']),
      toMs: Number(row['to_ms']),
      isPaid: Number(row['is_paid']) === 1,
    }));
    const builtUntil = Number((await this.readNote('built-until')) ?? '0');
    if (untilMs > builtUntil && Number(extent!['open']) > 0)
      marked.push({ fromMs: builtUntil, toMs: untilMs, isPaid: true });

    const windows: TimeWindow[] = [];
    for (const { isPaid, ...window } of marked) {
      const clipped = clip(window, known);
      if (!clipped) continue;
      windows.push(clipped);
      if (isPaid)
        windows.push(
          ...(await this.#chargePeriodsAcross(clipped)).flatMap((period) => clip(period, known) ?? []),
        );
    }
    return unite(windows);
  }

  /** What is paid for decides where a purchase's cost goes, in all hours of its period. */
  async #chargePeriodsAcross({ fromMs, toMs }: TimeWindow): Promise<TimeWindow[]> {
    const [row] = await this.#engine.rows(`
      SELECT min(start_ms) AS lo, max(end_ms) AS hi FROM charge WHERE gpu_device <> '' AND start_ms < ${toMs} AND end_ms > ${fromMs}`);
    return numberOrNull(row?.['lo']) === null
      ? []
      : [{ fromMs: Number(row!['lo']), toMs: Number(row!['hi']) }];
  }

  buildHours(window: TimeWindow, untilMs: EpochMs): Promise<BuildCounts> {
    return this.#exclusively(async () => {
      const settings = await this.#settings();
      const context = await this.#buildContext(window, untilMs, settings);
      const rows = await buildHours(this.#engine, context, settings.shared, async () => {
        await this.#rebuildDays(window);
        await this.#markBuilt(window, untilMs);
      });
      return { hours: (window.toMs - window.fromMs) / HOUR_MS, rows };
    });
  }

  async #buildContext(window: TimeWindow, untilMs: EpochMs, settings: LedgerSettings): Promise<BuildContext> {
    const [periods] = await this.#chargePeriodsAcross(window);
    const longestMs = Number((await this.readNote('longest-interval')) ?? '0');
    return {
      dialect: this.#engine.dialect,
      window,
      untilMs,
      maxHoldIntervals: settings.maxHoldIntervals,
      billedWindow: {
        fromMs: Math.min(window.fromMs, floorToHour(periods?.fromMs ?? window.fromMs)),
        toMs: Math.max(window.toMs, ceilToHour(periods?.toMs ?? window.toMs)),
      },
      lookbackHours: Math.ceil((longestMs * settings.maxHoldIntervals) / HOUR_MS),
    };
  }

  async #rebuildDays({ fromMs, toMs }: TimeWindow): Promise<void> {
    const days = { fromMs: floorToDay(fromMs), toMs: floorToDay(toMs - 1) + DAY_MS };
    await this.#engine.run(`DELETE FROM ledger_day WHERE day_ms >= ${days.fromMs} AND day_ms < ${days.toMs}`);
    await this.#engine.run(queries.insertDays(this.#engine.dialect, days));
  }

  async #markBuilt(window: TimeWindow, untilMs: EpochMs): Promise<void> {
    const { fromMs, toMs } = window;
    const rows = await this.#engine.rows(
      `SELECT DISTINCT from_ms, to_ms, is_paid FROM stale WHERE from_ms < ${toMs} AND to_ms > ${fromMs}`,
    );
    if (rows.length > 0) {
      await this.#engine.run(`DELETE FROM stale WHERE from_ms < ${toMs} AND to_ms > ${fromMs}`);
      const left = rows.flatMap((row) => {
        const [lo, hi, paid] = [Number(row['from_ms']), Number(row['to_ms']), Number(row['is_paid'])];
        return [
          [lo, fromMs, paid],
          [toMs, hi, paid],
        ].filter(([a, b]) => a! < b!);
      });
      await this.#engine.append('stale', 'stale', left);
    }
    const builtUntil = Number((await this.readNote('built-until')) ?? '0');
    const upTo = Math.min(untilMs, toMs);
    if (upTo > builtUntil) await this.#note('built-until', String(upTo));
  }

  ledger(query: LedgerQuery): Promise<readonly LedgerAggregate[]> {
    return queries.ledger(this.#engine, query);
  }

  charges(query: ChargeQuery): Promise<readonly ChargeAggregate[]> {
    return queries.charges(this.#engine, query);
  }

  reconcile(window: TimeWindow): Promise<Reconciliation> {
    return queries.reconcile(this.#engine, window);
  }

  unpriced(window: TimeWindow): Promise<readonly UnpricedItem[]> {
    return queries.unpriced(this.#engine, window);
  }

  extent(): Promise<Extent> {
    return queries.extent(this.#engine);
  }

  evidence(deviceId: string, hourMs: EpochMs): Promise<Evidence> {
    return queries.evidence(this.#engine, deviceId, hourMs);
  }

  async readNote(name: string): Promise<string | undefined> {
    const [row] = await this.#engine.rows(`SELECT content FROM note WHERE name = ${this.#text(name)}`);
    return row ? String(row['content']) : undefined;
  }

  writeNote(name: string, text: string): Promise<void> {
    return this.#exclusively(() => this.#engine.atomically(() => this.#note(name, text)));
  }

  async #note(name: string, text: string): Promise<void> {
    await this.#engine.run(`DELETE FROM note WHERE name = ${this.#text(name)}`);
    await this.#engine.append('note', 'note', [[name, text]]);
  }

  async #storeInterned(): Promise<void> {
    const { places, attributeSets, priceKeys } = this.#interners;
    await this.#engine.append('attribute_set', 'attribute_set', attributeSets.fresh());
    await this.#engine.append('price_key', 'price_key', priceKeys.fresh());
    await this.#engine.append('place', 'place', places.fresh());
    await this.#defaultRates(priceKeys.fresh().map(([id]) => Number(id)));
    for (const interner of [places, attributeSets, priceKeys]) interner.stored();
  }

  /** Until a price is known there is a segment that says so: an unpriced hour is in the ledger, with its GPU time. */
  async #defaultRates(keyIds: readonly number[]): Promise<void> {
    if (keyIds.length === 0) return;
    const [top] = await this.#engine.rows('SELECT coalesce(max(rate_id), 0) AS i FROM rate');
    const rows = keyIds.map((keyId, index) => [
      Number(top!['i']) + 1 + index,
      keyId,
      ...withHolesUnpriced([])[0]!,
    ]);
    await this.#engine.append('rate', 'rate', rows);
  }

  close(): Promise<void> {
    return this.#exclusively(() => this.#engine.close());
  }

  /** One write after the other; a failed one does not stop the next. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work, work);
    this.#writing = result.catch(() => undefined);
    return result;
  }

  #text(value: string): string {
    return quote(this.#engine.dialect, value);
  }
}

async function* nothing(): AsyncIterable<FactBatch> {}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function ordered({ currency, shared, maxHoldIntervals }: LedgerSettings): LedgerSettings {
  return { currency, shared, maxHoldIntervals };
}

function ownerText(owner: Owner): string {
  return JSON.stringify(Object.fromEntries(Object.entries(owner).sort(([a], [b]) => (a < b ? -1 : 1))));
}

type Segment = readonly [
  fromMs: number,
  toMs: number,
  picos: bigint,
  source: string,
  date: string,
  reference: string,
];

/** All of time in segments: the known prices, and between them `unpriced`. */
function withHolesUnpriced(rates: readonly Rate[]): Segment[] {
  const segments: Segment[] = [];
  const hole = (fromMs: number, toMs: number) => {
    if (fromMs < toMs)
      segments.push([
        fromMs,
        toMs,
        UNPRICED.perGpuHourPicos,
        UNPRICED.source,
        UNPRICED.priceDate,
        UNPRICED.reference,
      ]);
  };
  let upTo = 0;
  for (const rate of [...rates].sort((a, b) => a.fromMs - b.fromMs)) {
    hole(upTo, rate.fromMs);
    upTo = rate.toMs ?? NEVER;
    segments.push([rate.fromMs, upTo, rate.perGpuHourPicos, rate.source, rate.priceDate, rate.reference]);
  }
  hole(upTo, NEVER);
  return segments;
}

function segmentText(segment: Segment): string {
  return segment.map(String).join('|');
}

function rateText(row: Readonly<Record<string, unknown>>): string {
  return ['from_ms', 'to_ms', 'per_gpu_hour_picos', 'source', 'price_date', 'reference']
    .map((name) => String(row[name]))
    .join('|');
}

function clip(window: TimeWindow, bounds: TimeWindow): TimeWindow | undefined {
  const fromMs = Math.max(floorToHour(window.fromMs), bounds.fromMs);
  const toMs = Math.min(window.toMs >= bounds.toMs ? bounds.toMs : ceilToHour(window.toMs), bounds.toMs);
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}

function unite(windows: readonly TimeWindow[]): TimeWindow[] {
  const united: { fromMs: number; toMs: number }[] = [];
  for (const window of [...windows].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = united.at(-1);
    if (last && window.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, window.toMs);
    else united.push({ ...window });
  }
  return united;
}

/** Creates what is missing. Adding a table or column is the only change so far; see docs/decisions. */
export async function createTables(engine: SqlEngine, suffix: (table: TableName) => string): Promise<void> {
  for (const table of Object.keys(TABLES) as TableName[]) {
    await engine.run(
      `CREATE TABLE IF NOT EXISTS "${table}" (${columnDefinitions(engine.dialect, table)}) ${suffix(table)}`,
    );
  }
}
