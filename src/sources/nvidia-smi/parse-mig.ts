/** A MIG slice as `nvidia-smi -q` describes it. */
export type MigSlice = Readonly<{
  busId: string;
  /** Number of the slice on its card, by which `nvidia-smi -L` names it. */
  index: number;
  /** Id of the GPU instance: what exporters call `GPU_I_ID`. */
  instanceId: string;
  memoryTotalMib: number | null;
  memoryUsedMib: number | null;
}>;

/** `instanceId` is `null` on a card that MIG does not divide. */
export type MigProcess = Readonly<{ busId: string; instanceId: string | null; pid: number }>;

const CARD = /^GPU ([0-9A-Fa-f]+:[0-9A-Fa-f]+:[0-9A-Fa-f]+\.[0-9A-Fa-f]+)\s*$/;
const FIELD = /^( +)([A-Za-z0-9 ()-]+?)\s*(?::\s*(.*?))?\s*$/;

/**
 * Slices and processes in the text of `nvidia-smi -q`: the only answer of the program that holds the ids of GPU instances beside the
 * ids of processes. The sections are told apart by their headings; everything else in the text is skipped.
 */
export function parseMigQuery(text: string): Readonly<{ slices: MigSlice[]; processes: MigProcess[] }> {
  const slices: MigSlice[] = [];
  const processes: MigProcess[] = [];
  let busId = '';
  let section: 'other' | 'slice' | 'memory' | 'processes' = 'other';
  let instanceId: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const card = CARD.exec(line)?.[1];
    if (card !== undefined) {
      [busId, section, instanceId] = [card, 'other', null];
      continue;
    }
    const [, indent = '', name = '', value] = FIELD.exec(line) ?? [];
    if (name === '') continue;
    const last = slices.length - 1;
    if (value === undefined && name === 'MIG Device') {
      section = 'slice';
      slices.push({ busId, index: last + 1, instanceId: '', memoryTotalMib: null, memoryUsedMib: null });
    } else if (indent.length === 4) section = name === 'Processes' ? 'processes' : 'other';
    else if (section === 'slice' || section === 'memory') {
      if (value === undefined) section = name.endsWith('FB Memory Usage') ? 'memory' : 'slice';
      else slices[last] = { ...slices[last]!, ...sliceField(section, name, value) };
    } else if (section === 'processes' && value !== undefined) {
      if (name === 'GPU instance ID') instanceId = /^\d+$/.test(value) ? value : null;
      else if (name === 'Process ID' && /^\d+$/.test(value))
        processes.push({ busId, instanceId, pid: Number(value) });
    }
  }
  return { slices: slices.filter((slice) => slice.instanceId !== ''), processes };
}

function sliceField(section: 'slice' | 'memory', name: string, value: string): Partial<MigSlice> {
  if (section === 'slice') {
    if (name === 'Index') return { index: Number(value) };
    return name === 'GPU Instance ID' ? { instanceId: value } : {};
  }
  const mib = /^(\d+) MiB$/.exec(value)?.[1];
  if (mib === undefined) return {};
  if (name === 'Total') return { memoryTotalMib: Number(mib) };
  return name === 'Used' ? { memoryUsedMib: Number(mib) } : {};
}

export type ListedSlice = Readonly<{ gpuIndex: number; sliceIndex: number; profile: string; uuid: string }>;

const LISTED_CARD = /^GPU (\d+): /;
const LISTED_SLICE = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[^)]+)\)/;

/** The slices in `nvidia-smi -L`: `  MIG 3g.40gb     Device  0: (UUID: MIG-…)` below the line of their card. */
export function parseMigList(text: string): ListedSlice[] {
  let gpuIndex = 0;
  return text.split(/\r?\n/).flatMap((line) => {
    const card = LISTED_CARD.exec(line)?.[1];
    if (card !== undefined) gpuIndex = Number(card);
    const [, profile, sliceIndex, uuid] = LISTED_SLICE.exec(line) ?? [];
    return profile === undefined ? [] : [{ gpuIndex, sliceIndex: Number(sliceIndex), profile, uuid: uuid! }];
  });
}
