import { EXIT } from './exit-codes.ts';

export type Interruption = Readonly<{
  /** For work that stops at a safe point. Whoever asks for it promises to heed it; everything else stops at once. */
  signal(): AbortSignal;
  isInterrupted(): boolean;
}>;

/** The first Ctrl-C asks work to stop at the next safe point, the second ends the process. */
export function watchInterruption(say: (text: string) => void): Interruption {
  const stop = new AbortController();
  let isHeeded = false;
  const interrupt = () => {
    if (!isHeeded || stop.signal.aborted) process.exit(EXIT.interrupted);
    say('stopping at the next safe point; Ctrl-C again stops at once');
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal() {
      isHeeded = true;
      return stop.signal;
    },
    isInterrupted: () => stop.signal.aborted,
  };
}
