import type { DeclaredCommitment, HeldCommitment } from '../../domain/commitments/held-commitment.ts';
import { heldFromBills } from '../../domain/commitments/held-from-bills.ts';
import { type DeclaredUse, type EligibleHour, useDeclared } from '../../domain/commitments/use-declared.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { DAY_MS, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { LedgerDimension, Store } from '../../ports/store.ts';
import type { TareSettings } from '../tare.ts';

export type HeldParts = Readonly<{
  store: Pick<Store, 'commitmentLines' | 'ledger'>;
  settings: TareSettings;
  hardware: HardwareCatalog | null;
}>;

export type HeldCommitments = Readonly<{
  commitments: readonly HeldCommitment[];
  /** Slots that commitments are told by. */
  slotMs: number;
  /** GPU time that could have been committed, committed or not, by hour or day. */
  eligible: readonly EligibleHour[];
  /** Of hours on demand, what a declared commitment covers; see `coverKey`. */
  covered: ReadonlyMap<string, bigint>;
}>;

/**
 * What is held: from bills, by the id of the commitment, and from `commitments` of the configuration. One that both know is used as the bill
 * says; one that only the configuration knows is matched with the hours of the ledger, and only then hours are read rather than days.
 */
export async function readHeld(
  { store, settings, hardware }: HeldParts,
  window: TimeWindow,
  grain: 'day' | 'hour' = 'day',
): Promise<HeldCommitments> {
  const declared = (settings.commitments ?? []).map((one) => withModel(one, hardware));
  const days = await store.commitmentLines(window, DAY_MS);
  const billed = new Set(days.map(({ commitmentId }) => commitmentId.toLowerCase()));
  const unbilled = declared.filter(({ id }) => !billed.has(id.toLowerCase()));
  const byHour = grain === 'hour' || unbilled.length > 0;
  const slotMs = byHour ? HOUR_MS : DAY_MS;
  const lines = byHour ? await store.commitmentLines(window, HOUR_MS) : days;
  const eligible = await readEligible(store, window, byHour ? 'hour' : 'day');
  const byId = new Map(declared.map((one) => [one.id.toLowerCase(), one]));
  const { uses, covered } = useDeclared(unbilled, eligible, window);
  return {
    commitments: [...heldFromBills(lines, byId), ...uses.map(heldByStatement)],
    slotMs,
    eligible,
    covered,
  };
}

/** GPUs in any spelling, as contracts have them. */
function withModel(commitment: DeclaredCommitment, hardware: HardwareCatalog | null): DeclaredCommitment {
  const { gpuModel } = commitment;
  return gpuModel === null
    ? commitment
    : { ...commitment, gpuModel: hardware?.gpuModel(gpuModel) ?? gpuModel };
}

const BY = ['provider', 'region', 'pool', 'gpuModel', 'lifecycle'] as const satisfies LedgerDimension[];

async function readEligible(
  store: HeldParts['store'],
  window: TimeWindow,
  grain: 'hour' | 'day',
): Promise<EligibleHour[]> {
  const rows = await store.ledger({
    window,
    by: [grain, ...BY],
    filters: [{ dimension: 'lifecycle', values: ['committed', 'on_demand'] }],
  });
  return rows.flatMap(({ key, ticks, cost }) => {
    const all = grossOf(ticks);
    if (all === 0n || key['provider'] === 'none') return [];
    return [
      {
        hourMs: Date.parse(key[grain]!),
        provider: key['provider']!,
        region: key['region'] === 'none' ? null : key['region']!,
        pool: key['pool']!,
        gpuModel: key['gpuModel']!,
        lifecycle: key['lifecycle'] as EligibleHour['lifecycle'],
        ticks: all,
        picos: grossOf(cost),
      },
    ];
  });
}

function heldByStatement({ commitment, slots }: DeclaredUse): HeldCommitment {
  const { id, name, provider, region, pool, gpuModel, terms, fromMs, toMs } = commitment;
  return {
    id,
    name: name ?? id,
    provider,
    region,
    pool,
    source: 'declared',
    kind: terms.kind,
    type: null,
    gpuModel,
    gpus: terms.kind === 'resource' ? terms.gpus : null,
    fromMs,
    toMs,
    slots,
    isUseKnown: true,
    quantity: null,
  };
}
