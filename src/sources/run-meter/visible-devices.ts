import type { SightedDevice } from '../../ports/gpu-probe.ts';

export type VisibleDevices =
  /** The variable is not set: which devices a command is given shows only when it uses them. */
  | Readonly<{ kind: 'unset' }>
  /** `unknown` is the entry that names nothing here; CUDA ignores it and all behind it. */
  | Readonly<{ kind: 'set'; deviceIds: readonly string[]; unknown: string | null }>;

type Named = Pick<SightedDevice, 'deviceId' | 'uuid' | 'index' | 'isSlice'>;

/**
 * The devices that `CUDA_VISIBLE_DEVICES` gives to a command: indices (in the order of the bus, as nvidia-smi counts), UUIDs or
 * their beginnings, MIG slices. Empty, `-1` and `NoDevFiles` give none. As in CUDA, the first entry that names no device ends the
 * list, and an index of a card that MIG divides means its first slice. See the CUDA C++ Programming Guide, "CUDA Environment Variables".
 */
export function visibleDevices(variable: string | undefined, devices: readonly Named[]): VisibleDevices {
  if (variable === undefined) return { kind: 'unset' };
  const deviceIds: string[] = [];
  for (const entry of variable.split(',').map((text) => text.trim())) {
    if (entry === '' || entry === '-1' || entry === 'NoDevFiles')
      return { kind: 'set', deviceIds, unknown: null };
    const found = findDevice(entry, devices);
    if (found === undefined) return { kind: 'set', deviceIds, unknown: entry };
    if (!deviceIds.includes(found.deviceId)) deviceIds.push(found.deviceId);
  }
  return { kind: 'set', deviceIds, unknown: null };
}

function findDevice(entry: string, devices: readonly Named[]): Named | undefined {
  if (/^\d+$/.test(entry)) return devices.find(({ index }) => index === Number(entry));
  // Drivers before R470 spelt a slice MIG-GPU-<uuid>/<GPU instance>/<compute instance>.
  const [, card, instance] = /^MIG-(GPU-[^/]+)\/(\d+)\/\d+$/i.exec(entry) ?? [];
  if (card !== undefined) return devices.find(({ deviceId }) => sameText(deviceId, `${card}:gi${instance}`));
  const named = devices.filter(({ uuid }) => uuid?.toLowerCase().startsWith(entry.toLowerCase()));
  if (named.length === 1) return named[0];
  // A card that MIG divides is not listed itself.
  return /^GPU-/i.test(entry)
    ? devices.find(
        ({ deviceId, isSlice }) => isSlice && deviceId.toLowerCase().startsWith(entry.toLowerCase()),
      )
    : undefined;
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
