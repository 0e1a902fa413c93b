import { toPpm } from '../units/gpu-time.ts';
import type { Activity } from './facts.ts';

export type Measured = Readonly<{
  /** Fractions 0–1; `null` when unknown. */
  smActive: number | null;
  engineActive: number | null;
  gpuUtil: number | null;
  memoryUsedMib: number | null;
  /** Processes seen on the device, `null` when nobody counted. */
  processes: number | null;
}>;

/** A driver keeps a few hundred MiB for itself on some cards; a process never fits in this. */
const NO_MEMORY_IN_USE_MIB = 16;
const CLAIMS_BUSY = 0.99;

/**
 * Decides what a sample says about a device: SM active beats engine active beats GPU_UTIL, and unknown stays unknown.
 *
 * A device that claims to be fully busy with no memory in use and no process is contradicting itself; it is not believed.
 */
export function readActivity(measured: Measured): Activity {
  const busy = measured.engineActive ?? measured.gpuUtil ?? measured.smActive;
  if (busy === null) return UNKNOWN;
  if (contradictsItself(measured, busy)) return { ...UNKNOWN, isContradictory: true };

  const busyPpm = toPpm(busy);
  if (measured.smActive !== null) {
    // Both are averages of their own windows, so SM active can overshoot by a rounding; an SM cannot work without its engine.
    const effectivePpm = Math.min(toPpm(measured.smActive), busyPpm);
    return { busyPpm, effectivePpm, basis: 'sm_active', isContradictory: false };
  }
  const basis = measured.engineActive !== null ? 'engine_active' : 'gpu_util';
  return { busyPpm, effectivePpm: busyPpm, basis, isContradictory: false };
}

const UNKNOWN: Activity = { busyPpm: null, effectivePpm: null, basis: 'none', isContradictory: false };

function contradictsItself(measured: Measured, busy: number): boolean {
  const hasNoMemory = measured.memoryUsedMib !== null && measured.memoryUsedMib < NO_MEMORY_IN_USE_MIB;
  const hasNoProcess = measured.processes === 0 || measured.processes === null;
  return busy >= CLAIMS_BUSY && hasNoMemory && hasNoProcess;
}
