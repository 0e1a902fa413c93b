/** Many calls as one: `run` follows when calls have stopped for `quietMs`, and after `mostMs` of calls all the same. */
export type Gathered = Readonly<{ call: () => void; cancel: () => void }>;

export function gather(run: () => void, quietMs: number, mostMs: number): Gathered {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sinceMs: number | null = null;
  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    sinceMs = null;
  };
  const end = () => {
    cancel();
    run();
  };
  const call = () => {
    const nowMs = Date.now();
    sinceMs ??= nowMs;
    clearTimeout(timer);
    timer = setTimeout(end, Math.max(0, Math.min(quietMs, sinceMs + mostMs - nowMs)));
  };
  return { call, cancel };
}
