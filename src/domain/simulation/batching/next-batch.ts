import type { RequestRules } from './batching-rules.ts';

/** Arrival times of requests, ascending; those from `head` up to `end` have not been served. */
export type Waiting = { arrivalsMs: ArrayLike<number>; head: number; end: number };

export type Batch = { startMs: number; requests: number };

/**
 * The next batch of an instance that is free from `freeMs` on: the largest preferred or maximum size that can be formed; else all who
 * wait, once the oldest has waited for the delay; an arrival that completes a preferred or maximum size sends it at once. Writes into
 * `batch`, since this runs a million times a second.
 */
export function formBatch(rules: RequestRules, waiting: Waiting, freeMs: number, batch: Batch): void {
  const { arrivalsMs, head, end } = waiting;
  const oldestMs = arrivalsMs[head]!;
  const readyMs = Math.max(freeMs, oldestMs);
  const present = countPresent(waiting, readyMs, rules.most);
  const formed = largestFormed(rules, present);
  if (formed > 0) {
    set(batch, readyMs, formed);
    return;
  }

  const deadlineMs = oldestMs + rules.delayMs;
  if (readyMs >= deadlineMs) {
    set(batch, readyMs, present);
    return;
  }
  const wanted = smallestAbove(rules, present);
  const completing = head + wanted - 1;
  const isCompleted = completing < end && arrivalsMs[completing]! <= deadlineMs;
  if (isCompleted) set(batch, arrivalsMs[completing]!, wanted);
  else set(batch, deadlineMs, countPresent(waiting, deadlineMs, rules.most));
}

function set(batch: Batch, startMs: number, requests: number): void {
  batch.startMs = startMs;
  batch.requests = requests;
}

/** Doubling and halving: batches of a handful and of thousands are both found quickly. */
function countPresent({ arrivalsMs, head, end }: Waiting, atMs: number, most: number): number {
  const limit = Math.min(end - head, most);
  let present = 1;
  let step = 1;
  while (present + step <= limit && arrivalsMs[head + present + step - 1]! <= atMs) {
    present += step;
    step *= 2;
  }
  for (; step >= 1; step = step / 2) {
    while (present + step <= limit && arrivalsMs[head + present + step - 1]! <= atMs) present += step;
  }
  return present;
}

/** 0 when no preferred or maximum size is there. */
function largestFormed({ most, preferred }: RequestRules, present: number): number {
  if (present >= most) return most;
  for (let index = preferred.length - 1; index >= 0; index--) {
    if (preferred[index]! <= present) return preferred[index]!;
  }
  return 0;
}

function smallestAbove({ most, preferred }: RequestRules, present: number): number {
  for (const size of preferred) if (size > present) return size;
  return most;
}
