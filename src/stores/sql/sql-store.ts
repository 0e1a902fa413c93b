import type { CommitmentLine } from '../../domain/commitments/commitment-line.ts';
import type { FactBatch, QueueFact, RevenueFact, TakenFact } from '../../domain/facts/facts.ts';
import type { Alert } from '../../domain/governance/alerts/alert.ts';
import type { Notice } from '../../domain/governance/alerts/notice.ts';
import type { AnomalyJudgement } from '../../domain/governance/anomalies/judgement.ts';
import type { PastHolders } from '../../domain/governance/past/past-holders.ts';
import { impliedCapacity } from '../../domain/ledger/stays.ts';
import type { AttemptRecord } from '../../domain/levers/attempt-record.ts';
import type { HolderHour, RunSpan } from '../../domain/levers/holder-hour.ts';
import type { NodePlace } from '../../domain/levers/node-place.ts';
import type { HeldDevice } from '../../domain/levers/packed-nodes.ts';
import type { ActiveSlot } from '../../domain/levers/scale-to-zero.ts';
import type { ServedHour } from '../../domain/levers/served-hour.ts';
import type { UsageProfile } from '../../domain/levers/share.ts';
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
import type { SavedView } from '../../domain/views/saved-view.ts';
import type { FoundName } from '../../ports/name-search.ts';
import type {
  RunDimension,
  RunEvidence,
  RunGroup,
  RunPageQuery,
  RunPart,
  RunPartQuery,
  RunQuality,
  RunRecord,
  RunSelection,
} from '../../ports/run-queries.ts';
import type {
  CallAggregate,
  CallQuery,
  LatencyAggregate,
  ScoreAggregate,
  ScoreQuery,
  ServingPeak,
} from '../../ports/serving.ts';
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
  RollUpCounts,
  ServiceReconciliation,
  Store,
  UnpricedItem,
} from '../../ports/store.ts';
import { buildHours } from './build/build-hours.ts';
import { type BuildContext, PRICE_LIMIT_PICOS } from './build/context.ts';
import {
  attributeSetId,
  type Interners,
  parseAttributes,
  parsePriceKey,
  placeId,
  priceKeyText,
} from './cells.ts';
import { commitmentLines } from './commitment-queries.ts';
import { quote } from './dialect.ts';
import type { Cell, SqlEngine } from './engine.ts';
import { findNames } from './find-names.ts';
import * as guardrails from './guardrail-records.ts';
import { applyStaged, changedOf, compareStaged, stageFacts, stagingTables } from './import-facts.ts';
import { createInterner } from './interner.ts';
import { sumLedgerAgain } from './ledger-sums.ts';
import * as leverQueries from './lever-queries.ts';
import { pastHolders } from './past-holders.ts';
import * as queries from './queries.ts';
import { applyRolledUp, ROLLED, ROLLED_UNTIL, stageRolledUp } from './roll-up-samples.ts';
import { noteStaleRunsOfSets } from './runs/note-stale-runs.ts';
import { refreshRuns } from './runs/refresh-runs.ts';
import * as runQueries from './runs/run-queries.ts';
import * as savedViews from './saved-views.ts';
import { columnsOf, FACT_TABLES, type FactTable, type TableName } from './schema.ts';
import * as serving from './serving-queries.ts';

const NEVER = 9_007_199_254_740_991;
/** As much as is built at once; see `buildLedger`. */
const ROLL_UP_STEP_MS = 14 * DAY_MS;

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

type PendingImport = Readonly<{
  datasetId: number;
  header: DatasetHeader;
  facts: number;
  tables: readonly FactTable[];
}>;

type Replacement = Readonly<{
  table: TableName;
  where: string;
  rows: readonly (readonly Cell[])[];
  /** The statement that notes which hours have to be built again. */
  stale?: string;
}>;

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

  /** Facts that every store has, and the end of what a kill cut off. */
  async prepare(): Promise<void> {
    // Set 0 is the empty one and place 0 the implied one: the SQL refers to both by number.
    attributeSetId({}, this.#interners);
    placeId(impliedCapacity('', 0, 0), this.#interners);
    await this.#storeInterned();
    await this.#finishPending();
  }

  importDataset(header: DatasetHeader, batches: AsyncIterable<FactBatch>): Promise<ImportCounts> {
    return this.#exclusively(async () => {
      await this.#finishPending();
      const datasetId = await this.#datasetId(header.name);
      const counts = await this.#import(datasetId, header, batches);
      if (counts.sameAs === null || !(await this.#holdsFacts(datasetId))) return counts;
      // A bill was corrected into one that is here under another name: what stood under its own name is wrong now.
      const { removed } = await this.#import(datasetId, header, nothing());
      return { ...counts, removed };
    });
  }

  async #import(
    datasetId: number,
    header: DatasetHeader,
    batches: AsyncIterable<FactBatch>,
  ): Promise<ImportCounts> {
    let isPending = false;
    let tables: readonly FactTable[] = FACT_TABLES;
    try {
      tables = await stageFacts(this.#engine, datasetId, batches, this.#interners, () =>
        this.#storeInterned(),
      );
      const compared = await compareStaged(this.#engine, datasetId, tables);
      const { staged, unchanged, alsoElsewhere } = compared;
      if (compared.sameAsDataset !== null) {
        const sameAs = await this.#datasetName(compared.sameAsDataset);
        return { imported: 0, unchanged: staged, removed: 0, alsoElsewhere: 0, sameAs };
      }
      const pending = { datasetId, header, facts: staged, tables };
      isPending = !this.#engine.hasTransactions;
      if (isPending) await this.#note('pending-import', JSON.stringify(pending));
      const removed = await this.#finishImport(pending, compared.mayShrink);
      isPending = false;
      return { imported: staged - unchanged, unchanged, removed, alsoElsewhere, sameAs: null };
    } finally {
      if (!isPending) await this.#engine.drop(stagingTables(tables)).catch(() => undefined);
    }
  }

  /** What was begun on an engine without transactions, and cut off by a kill or a failure. */
  async #finishPending(): Promise<void> {
    if (this.#engine.hasTransactions) return;
    const replacement = await this.readNote('pending-replacement');
    if (replacement) await this.#finishReplacement(JSON.parse(replacement));
    const rollUp = await this.readNote('pending-roll-up');
    if (rollUp) await this.#finishRollUp(JSON.parse(rollUp));
    const note = await this.readNote('pending-import');
    if (!note) return;
    const pending: PendingImport = JSON.parse(note);
    // Nobody knows how far it came: it may have removed facts that are not there to be seen any more.
    await this.#finishImport(pending, true);
    await this.#engine.drop(stagingTables(pending.tables));
  }

  /** The step that makes an import visible; run again from its start after a kill on engines without transactions. */
  async #finishImport(
    { datasetId, header, facts, tables }: PendingImport,
    mayShrink: boolean,
  ): Promise<number> {
    const { maxHoldIntervals } = await this.#settings();
    const reach = { maxHoldIntervals, longestIntervalMs: await this.#longestInterval() };
    let removed = 0;
    await this.#engine.atomically(async () => {
      removed = await applyStaged(this.#engine, datasetId, tables, reach, mayShrink);
      await this.#noteLongestInterval();
      await this.#noteLateSamples();
      await this.#writeDataset(datasetId, header, facts);
      await this.#engine.run(`DELETE FROM note WHERE name = 'pending-import'`);
    });
    return removed;
  }

  /** How far a sample can reach bounds how far a build looks back. It never shrinks: looking too far back is only slower. */
  async #noteLongestInterval(): Promise<void> {
    const known = await this.readNote('longest-interval');
    const arrived = `SELECT coalesce(max(interval_ms), 0) AS ms FROM ${changedOf('usage')} WHERE same = 0`;
    const longest = known === undefined ? await this.#longestInterval() : await this.#milliseconds(arrived);
    if (longest > Number(known ?? '-1')) await this.#note('longest-interval', String(longest));
  }

  /** The note may be missing in a store that is older than it, and after a kill between the two statements that write it. */
  async #longestInterval(): Promise<number> {
    const known = await this.readNote('longest-interval');
    return known === undefined
      ? this.#milliseconds('SELECT coalesce(max(interval_ms), 0) AS ms FROM "usage"')
      : Number(known);
  }

  async #milliseconds(select: string): Promise<number> {
    const [row] = await this.#engine.rows(select);
    return Number(row!['ms']);
  }

  async #holdsFacts(datasetId: number): Promise<boolean> {
    const [row] = await this.#engine.rows(`SELECT facts AS n FROM dataset WHERE dataset_id = ${datasetId}`);
    return Number(row?.['n'] ?? 0) > 0;
  }

  /**
   * Rows of a table replaced as one step, and the hours that makes stale. On an engine without transactions it is noted first what is
   * to be done, so that it can be done again after a kill.
   */
  async #replaceRows(replacement: Replacement): Promise<void> {
    await this.#finishPending();
    if (!this.#engine.hasTransactions) {
      const text = JSON.stringify(replacement, (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      await this.#note('pending-replacement', text);
    }
    await this.#finishReplacement(replacement);
  }

  async #finishReplacement({ table, where, rows, stale }: Replacement): Promise<void> {
    await this.#engine.atomically(async () => {
      if (stale) await this.#engine.run(stale);
      await this.#engine.run(`DELETE FROM ${table} WHERE ${where}`);
      await this.#engine.append(table, table, rows);
      await this.#engine.run(`DELETE FROM note WHERE name = 'pending-replacement'`);
    });
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
      const row = columnsOf('dataset').map((column) => known[column] as Cell);
      row.splice(-3, 3, reading.rowsRead, JSON.stringify(reading.rejects), JSON.stringify(reading.warnings));
      await this.#replaceRows({ table: 'dataset', where: `name = ${this.#text(dataset)}`, rows: [row] });
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
      const byKey = given.map(({ key, rates }) => ({
        keyId: this.#interners.priceKeys.idOf(priceKeyText(key), () => []),
        segments: withHolesUnpriced(rates),
      }));
      await this.#storeInterned();
      const stored = await this.#engine.rows('SELECT * FROM rate ORDER BY price_key_id, from_ms');
      const changed = byKey.filter(({ keyId, segments }) => {
        const before = stored.filter((row) => Number(row['price_key_id']) === keyId).map(rateText);
        return before.join() !== segments.map(segmentText).join();
      });
      if (changed.length === 0) return;
      let nextId = Math.max(0, ...stored.map((row) => Number(row['rate_id']))) + 1;
      const ids = changed.map(({ keyId }) => keyId).join(', ');
      await this.#replaceRows({
        table: 'rate',
        where: `price_key_id IN (${ids})`,
        rows: changed.flatMap(({ keyId, segments }) =>
          segments.map((segment) => [nextId++, keyId, ...segment]),
        ),
        stale: queries.staleByPriceKeys(ids),
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
      const ids = changed.map(({ id }) => id).join(', ');
      // First, so that a kill behind it works something out in vain, rather than forgets it.
      await noteStaleRunsOfSets(this.#engine, ids);
      await this.#replaceRows({
        table: 'attribute_set',
        where: `set_id IN (${ids})`,
        rows: changed.map(({ id, owner }) => {
          const row = byId.get(id)!;
          const { team = '', model = '', environment = '' } = owner;
          const kept = [row['account'], row['service']] as string[];
          return [Number(id), String(row['set_key']), team, model, environment, ownerText(owner), ...kept];
        }),
        stale: queries.staleBySets(ids),
      });
    });
  }

  async saveSettings(settings: LedgerSettings): Promise<void> {
    if (JSON.stringify(await this.#settings()) === JSON.stringify(ordered(settings))) return;
    await this.#exclusively(() =>
      this.#replaceRows({
        table: 'note',
        where: `name = 'ledger-settings'`,
        rows: [['ledger-settings', JSON.stringify(ordered(settings))]],
        stale: `INSERT INTO stale SELECT 0 AS lo, CAST(${NEVER} AS BIGINT) AS hi, 0 AS paid`,
      }),
    );
  }

  async #settings(): Promise<LedgerSettings> {
    const text = await this.readNote('ledger-settings');
    return text ? JSON.parse(text) : DEFAULT_SETTINGS;
  }

  async staleWindows(untilMs: EpochMs): Promise<readonly TimeWindow[]> {
    const builtUntil = Number((await this.readNote('built-until')) ?? '0');
    const [extent] = await this.#engine.rows(queries.factExtent(untilMs, builtUntil));
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
    if (untilMs > builtUntil && Number(extent!['open']) > 0) {
      // A machine that begins again now was paid for in the gap before, too.
      const [gap] = await this.#engine.rows(queries.gapBefore(builtUntil, untilMs));
      const fromMs = Math.min(builtUntil, numberOrNull(gap?.['lo']) ?? builtUntil);
      marked.push({ fromMs, toMs: untilMs, isPaid: true });
    }

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
      await this.#finishPending();
      const settings = await this.#settings();
      const context = await this.#buildContext(window, untilMs, settings);
      const rows = await buildHours(this.#engine, context, settings.shared, async () => {
        await sumLedgerAgain(this.#engine, window, untilMs);
        await this.#markBuilt(window, untilMs);
      });
      return { hours: (window.toMs - window.fromMs) / HOUR_MS, rows };
    });
  }

  rollUpSamples(beforeMs: EpochMs): Promise<RollUpCounts | null> {
    return this.#exclusively(async () => {
      await this.#finishPending();
      const window = await this.#windowToRollUp(beforeMs);
      if (!window) return null;
      const context = await this.#buildContext(window, beforeMs, await this.#settings());
      const counts = await stageRolledUp(this.#engine, context);
      if (!this.#engine.hasTransactions) await this.#note('pending-roll-up', JSON.stringify(window));
      await this.#finishRollUp(window);
      return counts;
    });
  }

  /** Nothing that is not built yet, and so much at once that it fits in memory. */
  async #windowToRollUp(beforeMs: EpochMs): Promise<TimeWindow | null> {
    const known = await this.readNote(ROLLED_UNTIL);
    const builtUntil = Number((await this.readNote('built-until')) ?? '0');
    const [first] =
      known === undefined ? await this.#engine.rows('SELECT min(at_ms) AS lo FROM "usage"') : [];
    const fromMs = known === undefined ? numberOrNull(first?.['lo']) : Number(known);
    const endMs = Math.min(floorToHour(beforeMs), floorToHour(builtUntil));
    if (fromMs === null || fromMs >= endMs) return null;
    return { fromMs: floorToHour(fromMs), toMs: Math.min(floorToDay(fromMs) + ROLL_UP_STEP_MS, endMs) };
  }

  async #finishRollUp({ fromMs, toMs }: TimeWindow): Promise<void> {
    await this.#engine.atomically(async () => {
      await applyRolledUp(this.#engine, fromMs, toMs);
      await this.#note(ROLLED_UNTIL, String(toMs));
      const ever = Number((await this.readNote('rolled-up-ever')) ?? '0');
      await this.#note('rolled-up-ever', String(Math.max(toMs, ever)));
      await this.#engine.run(`DELETE FROM note WHERE name = 'pending-roll-up'`);
    });
    await this.#engine.drop([ROLLED]);
  }

  /** Samples that arrive for hours that were rolled up are looked at again. */
  async #noteLateSamples(): Promise<void> {
    const known = await this.readNote(ROLLED_UNTIL);
    if (known === undefined) return;
    const [first] = await this.#engine.rows(
      `SELECT min(at_ms) AS lo FROM ${changedOf('usage')} WHERE same = 0`,
    );
    const lateMs = numberOrNull(first?.['lo']);
    if (lateMs !== null && lateMs < Number(known))
      await this.#note(ROLLED_UNTIL, String(floorToHour(lateMs)));
  }

  async #buildContext(window: TimeWindow, untilMs: EpochMs, settings: LedgerSettings): Promise<BuildContext> {
    const [periods] = await this.#chargePeriodsAcross(window);
    const longestMs = await this.#longestInterval();
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
      isOrdinaryPrice: await this.#hasOrdinaryPrices(),
      hasRolledUp: await this.#hasRolledUp(window),
    };
  }

  /** The note goes back when samples come late; the note of how far it ever was does not. */
  async #hasRolledUp({ fromMs }: TimeWindow): Promise<boolean> {
    return fromMs < Number((await this.readNote('rolled-up-ever')) ?? '0');
  }

  async #hasOrdinaryPrices(): Promise<boolean> {
    const [price] = await this.#engine.rows(
      'SELECT min(per_gpu_hour_picos) AS lo, max(per_gpu_hour_picos) AS hi FROM rate',
    );
    const [lowest, highest] = [price!['lo'], price!['hi']].map((picos) => BigInt(String(picos ?? 0)));
    return lowest! >= 0n && highest! < PRICE_LIMIT_PICOS;
  }

  async #markBuilt(window: TimeWindow, untilMs: EpochMs): Promise<void> {
    const { fromMs, toMs } = window;
    const rows = await this.#engine.rows(
      `SELECT DISTINCT from_ms, to_ms, is_paid FROM stale WHERE from_ms < ${toMs} AND to_ms > ${fromMs}`,
    );
    if (rows.length > 0) {
      const marks = rows.map((row) => ['from_ms', 'to_ms', 'is_paid'].map((name) => Number(row[name])));
      // The mark that moved the cost of whole charge periods goes; the rest of those periods stays to be built.
      for (const [lo, hi, isPaid] of [...marks]) {
        if (isPaid !== 1) continue;
        const periods = await this.#chargePeriodsAcross({ fromMs: lo!, toMs: hi! });
        marks.push(...periods.map((period) => [period.fromMs, period.toMs, 0]));
      }
      const left = marks.flatMap(([lo, hi, isPaid]) =>
        [
          [lo!, Math.min(hi!, fromMs), isPaid!],
          [Math.max(lo!, toMs), hi!, isPaid!],
        ].filter(([from, to]) => from! < to!),
      );
      // First what stays, then the end of what was: a kill between the two builds an hour again, and forgets none.
      await this.#engine.append('stale', 'stale', left);
      await this.#engine.run(`DELETE FROM stale WHERE from_ms < ${toMs} AND to_ms > ${fromMs}`);
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

  calls(query: CallQuery): Promise<readonly CallAggregate[]> {
    return serving.calls(this.#engine, query);
  }

  latencies(query: CallQuery): Promise<readonly LatencyAggregate[]> {
    return serving.latencies(this.#engine, query);
  }

  scores(query: ScoreQuery): Promise<readonly ScoreAggregate[]> {
    return serving.scores(this.#engine, query);
  }

  servingPeaks(window: TimeWindow): Promise<readonly ServingPeak[]> {
    return serving.servingPeaks(this.#engine, window);
  }

  revenues(): Promise<readonly RevenueFact[]> {
    return serving.revenues(this.#engine);
  }

  reconcile(window: TimeWindow): Promise<Reconciliation> {
    return queries.reconcile(this.#engine, window);
  }

  reconcileServices(window: TimeWindow): Promise<readonly ServiceReconciliation[]> {
    return queries.reconcileServices(this.#engine, window);
  }

  unpriced(window: TimeWindow): Promise<readonly UnpricedItem[]> {
    return queries.unpriced(this.#engine, window);
  }

  extent(): Promise<Extent> {
    return queries.extent(this.#engine);
  }

  refreshRuns(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#finishPending();
      await refreshRuns(this.#engine, await this.#builtUntil());
    });
  }

  async #builtUntil(): Promise<EpochMs> {
    return Number((await this.readNote('built-until')) ?? '0');
  }

  runs(query: RunPageQuery): Promise<readonly RunRecord[]> {
    return runQueries.runs(this.#engine, query);
  }

  runGroups(query: RunSelection & Readonly<{ by: readonly RunDimension[] }>): Promise<readonly RunGroup[]> {
    return runQueries.runGroups(this.#engine, query);
  }

  runQualities(query: RunSelection & Readonly<{ metric: string }>): Promise<readonly RunQuality[]> {
    return runQueries.runQualities(this.#engine, query);
  }

  async runParts(query: RunPartQuery): Promise<readonly RunPart[]> {
    return runQueries.runParts(this.#engine, query, await this.#builtUntil());
  }

  async runEvidence(runId: string): Promise<RunEvidence> {
    return runQueries.runEvidence(this.#engine, runId, await this.#builtUntil());
  }

  evidence(deviceId: string, hourMs: EpochMs): Promise<Evidence> {
    return queries.evidence(this.#engine, deviceId, hourMs);
  }

  holderHours(window: TimeWindow): Promise<readonly HolderHour[]> {
    return leverQueries.holderHours(this.#engine, window);
  }

  activeSlots(
    window: TimeWindow,
    workloadIds: readonly string[],
    slotMs: number,
  ): Promise<readonly ActiveSlot[]> {
    return leverQueries.activeSlots(this.#engine, window, workloadIds, slotMs);
  }

  usageProfiles(window: TimeWindow, workloadIds: readonly string[]): Promise<readonly UsageProfile[]> {
    return leverQueries.usageProfiles(this.#engine, window, workloadIds);
  }

  heldDevices(window: TimeWindow): Promise<readonly HeldDevice[]> {
    return leverQueries.heldDevices(this.#engine, window);
  }

  servedHours(window: TimeWindow): Promise<readonly ServedHour[]> {
    return leverQueries.servedHours(this.#engine, window);
  }

  queueSlots(window: TimeWindow): Promise<readonly QueueFact[]> {
    return leverQueries.queueSlots(this.#engine, window);
  }

  runSpans(window: TimeWindow): Promise<readonly RunSpan[]> {
    return leverQueries.runSpans(this.#engine, window);
  }

  nodePlaces(window: TimeWindow): Promise<readonly NodePlace[]> {
    return leverQueries.nodePlaces(this.#engine, window);
  }

  interruptions(window: TimeWindow): Promise<readonly AttemptRecord[]> {
    return leverQueries.interruptions(this.#engine, window);
  }

  commitmentLines(window: TimeWindow, slotMs: number): Promise<readonly CommitmentLine[]> {
    return commitmentLines(this.#engine, window, slotMs);
  }

  pastHolders(window: TimeWindow): Promise<PastHolders> {
    return pastHolders(this.#engine, window);
  }

  taken(): Promise<readonly TakenFact[]> {
    return leverQueries.taken(this.#engine);
  }

  async readNote(name: string): Promise<string | undefined> {
    const [row] = await this.#engine.rows(`SELECT content FROM note WHERE name = ${this.#text(name)}`);
    return row ? String(row['content']) : undefined;
  }

  writeNote(name: string, text: string): Promise<void> {
    return this.#exclusively(() =>
      this.#replaceRows({ table: 'note', where: `name = ${this.#text(name)}`, rows: [[name, text]] }),
    );
  }

  async #note(name: string, text: string): Promise<void> {
    await this.#engine.run(`DELETE FROM note WHERE name = ${this.#text(name)}`);
    await this.#engine.append('note', 'note', [[name, text]]);
  }

  /**
   * Before the facts that refer to them: a fact must never name a place that a kill or a failure took away. Each table by itself, since
   * what is left behind is a name that nothing refers to yet.
   */
  async #storeInterned(): Promise<void> {
    const { places, attributeSets, priceKeys } = this.#interners;
    await this.#engine.append('attribute_set', 'attribute_set', attributeSets.fresh());
    attributeSets.stored();
    await this.#engine.append('price_key', 'price_key', priceKeys.fresh());
    priceKeys.stored();
    await this.#engine.append('place', 'place', places.fresh());
    places.stored();
    await this.#defaultRates();
  }

  /** Until a price is known there is a segment that says so: an unpriced hour is in the ledger, with its GPU time. */
  async #defaultRates(): Promise<void> {
    const keys = await this.#engine.rows(
      'SELECT price_key_id AS i FROM price_key WHERE price_key_id NOT IN (SELECT price_key_id FROM rate) ORDER BY i',
    );
    if (keys.length === 0) return;
    const [top] = await this.#engine.rows('SELECT coalesce(max(rate_id), 0) AS i FROM rate');
    const rows = keys.map(({ i: keyId }, index) => [
      Number(top!['i']) + 1 + index,
      Number(keyId),
      ...withHolesUnpriced([])[0]!,
    ]);
    await this.#engine.append('rate', 'rate', rows);
  }

  judgements(): Promise<readonly AnomalyJudgement[]> {
    return guardrails.judgements(this.#engine);
  }

  saveJudgement(judgement: AnomalyJudgement): Promise<void> {
    return this.#exclusively(() =>
      this.#replaceRows(guardrails.judgementReplacement(this.#engine.dialect, judgement)),
    );
  }

  alerts(endedSinceMs: number): Promise<readonly Alert[]> {
    return guardrails.alerts(this.#engine, endedSinceMs);
  }

  notices(changedSinceMs: number): Promise<readonly Notice[]> {
    return guardrails.notices(this.#engine, changedSinceMs);
  }

  saveAlerting({ alerts = [], notices = [] }: Parameters<Store['saveAlerting']>[0]): Promise<void> {
    return this.#exclusively(async () => {
      const { dialect } = this.#engine;
      if (alerts.length > 0) await this.#replaceRows(guardrails.alertReplacement(dialect, alerts));
      if (notices.length > 0) await this.#replaceRows(guardrails.noticeReplacement(dialect, notices));
    });
  }

  findNames(text: string, limit: number): Promise<readonly FoundName[]> {
    return findNames(this.#engine, text, limit);
  }

  views(): Promise<readonly SavedView[]> {
    return savedViews.views(this.#engine);
  }

  saveView(view: SavedView): Promise<void> {
    return this.#exclusively(() => this.#replaceRows(savedViews.viewReplacement(this.#engine.dialect, view)));
  }

  removeView(name: string): Promise<void> {
    return this.#exclusively(() => this.#replaceRows(savedViews.viewRemoval(this.#engine.dialect, name)));
  }

  pruneAlerting(settledBeforeMs: number): ReturnType<Store['pruneAlerting']> {
    return this.#exclusively(() => guardrails.pruneAlerting(this.#engine, settledBeforeMs));
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
