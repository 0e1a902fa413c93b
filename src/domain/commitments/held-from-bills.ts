import { groupBy } from '../collections/group-by.ts';
import type { EpochMs } from '../time/window.ts';
import type { CommitmentLine } from './commitment-line.ts';
import type { DeclaredCommitment, HeldCommitment, HeldSlot } from './held-commitment.ts';

/**
 * Commitments as bills show them. Used and unused are the amortised cost of the lines that say so, and bought is their sum; a bill that only
 * shows fees says what was bought and not what was used. `declared` adds what no bill knows: GPUs, and when it ends.
 */
export function heldFromBills(
  lines: readonly CommitmentLine[],
  declared: ReadonlyMap<string, DeclaredCommitment>,
): HeldCommitment[] {
  return [...groupBy(lines, ({ commitmentId }) => commitmentId)].map(([id, own]) =>
    heldOf(id, own, declared.get(id.toLowerCase()) ?? null),
  );
}

function heldOf(
  id: string,
  lines: readonly CommitmentLine[],
  declared: DeclaredCommitment | null,
): HeldCommitment {
  const uses = lines.filter(({ state }) => state !== 'fee');
  const isUseKnown = uses.length > 0;
  const kind = declared?.terms.kind ?? kindOf(lines);
  // Whoever pays ahead is told until when.
  const term = lines.find((line) => line.term !== null)?.term ?? null;
  const models = new Set(uses.flatMap(({ gpuModel }) => gpuModel ?? []));
  const gpuModel = declared?.gpuModel ?? (models.size === 1 ? [...models][0]! : null);
  const slots = [...groupBy(isUseKnown ? uses : lines, ({ slotMs }) => slotMs)].map(([slotMs, of]) =>
    slotOf(slotMs, of, kind),
  );
  return {
    id,
    name: declared?.name ?? firstOf(lines, 'name') ?? shortName(id),
    provider: lines[0]!.provider,
    region: declared?.region ?? null,
    pool: declared?.pool ?? null,
    source: declared === null ? 'bill' : 'both',
    kind,
    type: firstOf(lines, 'type'),
    gpuModel,
    gpus: declared?.terms.kind === 'resource' ? declared.terms.gpus : null,
    fromMs: declared?.fromMs ?? term?.fromMs ?? null,
    toMs: declared?.toMs ?? term?.toMs ?? null,
    slots: slots.sort((a, b) => a.slotMs - b.slotMs),
    isUseKnown,
    quantity: quantityOf(uses),
  };
}

function kindOf(lines: readonly CommitmentLine[]): HeldCommitment['kind'] {
  const category = firstOf(lines, 'category');
  return category === null ? null : category === 'Spend' ? 'spend' : 'resource';
}

function firstOf<Name extends 'name' | 'type' | 'category' | 'unit'>(
  lines: readonly CommitmentLine[],
  name: Name,
): CommitmentLine[Name] {
  return lines.find((line) => line[name] !== null)?.[name] ?? null;
}

/** What stands behind the last stroke, where clouds put the name. */
function shortName(id: string): string {
  return id.split('/').at(-1) || id;
}

function slotOf(slotMs: EpochMs, lines: readonly CommitmentLine[], kind: HeldCommitment['kind']): HeldSlot {
  const sumOf = (state: CommitmentLine['state']) =>
    lines.reduce((sum, line) => sum + (line.state === state ? line.costPicos : 0n), 0n);
  const usedPicos = sumOf('used');
  const boughtPicos = usedPicos + sumOf('unused') + sumOf('fee');
  const usedTicks = new Map<string, bigint>();
  let ticks = 0n;
  for (const { state, gpuModel, gpuTicks } of lines) {
    if (state !== 'used' || gpuModel === null) continue;
    usedTicks.set(gpuModel, (usedTicks.get(gpuModel) ?? 0n) + gpuTicks);
    ticks += gpuTicks;
  }
  // A unit of a commitment to GPUs costs the same used or not, so that money tells how many there are.
  const isOfGpus = kind === 'resource' && usedPicos > 0n && ticks > 0n;
  return {
    slotMs,
    boughtPicos,
    usedPicos,
    boughtTicks: isOfGpus ? (ticks * boughtPicos) / usedPicos : null,
    usedTicks,
  };
}

function quantityOf(lines: readonly CommitmentLine[]): HeldCommitment['quantity'] {
  const unit = firstOf(lines, 'unit');
  if (unit === null || lines.some((line) => line.quantityPicos === null || line.unit !== unit)) return null;
  const sumOf = (state: CommitmentLine['state']) =>
    lines.reduce((sum, line) => sum + (line.state === state ? line.quantityPicos! : 0n), 0n);
  return { usedPicos: sumOf('used'), unusedPicos: sumOf('unused'), unit };
}
