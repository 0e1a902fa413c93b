import type { EpochMs } from '../../domain/time/window.ts';

export type HeldSpan = Readonly<{
  deviceId: string;
  startMs: EpochMs;
  /** `null`: still held. */
  endMs: EpochMs | null;
}>;

type Presence = { firstMs: EpochMs; goneMs: EpochMs | null };

/**
 * Which devices a run held, from when to when. Given to it (`CUDA_VISIBLE_DEVICES`): from its start to its end, used or not. Else those
 * that its processes were seen on: from the first look that saw one to the first look behind the last of them, or to the end of the run.
 */
export class HeldDevices {
  readonly #startMs: EpochMs;
  #given: readonly string[] | null = null;
  readonly #seen = new Map<string, Presence>();

  constructor(startMs: EpochMs) {
    this.#startMs = startMs;
  }

  give(deviceIds: readonly string[]): void {
    this.#given = deviceIds;
  }

  /** @param own processes of the run on the device, `null` when nobody looked */
  see(deviceId: string, atMs: EpochMs, own: number | null): void {
    if (own === null) return;
    const presence = this.#seen.get(deviceId);
    if (own > 0 && presence) presence.goneMs = null;
    else if (own > 0) this.#seen.set(deviceId, { firstMs: atMs, goneMs: null });
    else if (presence) presence.goneMs ??= atMs;
  }

  spans(endMs: EpochMs | null): readonly HeldSpan[] {
    if (this.#given) return this.#given.map((deviceId) => ({ deviceId, startMs: this.#startMs, endMs }));
    return [...this.#seen].map(([deviceId, { firstMs, goneMs }]) => ({
      deviceId,
      startMs: firstMs,
      endMs: goneMs ?? endMs,
    }));
  }
}
