import { EXIT } from './exit-codes.ts';

export type Interruption = Readonly<{
  /** For work that stops at a safe point. Whoever asks for it promises to heed it; everything else stops at once. */
  signal(): AbortSignal;
  /** How a server that was asked to stop ends: Ctrl-C interrupts it, a service manager's SIGTERM is its regular end. */
  exitCode(): number;
  /** For a command that stands in for another one: signals are that one's business from now on. */
  release(): void;
}>;

/** The first Ctrl-C asks work to stop at the next safe point, the second ends the process. */
export function watchInterruption(say: (text: string) => void): Interruption {
  const stop = new AbortController();
  let isHeeded = false;
  let isTerminated = false;
  const interrupt = (name: NodeJS.Signals) => {
    isTerminated = name === 'SIGTERM';
    if (!isHeeded || stop.signal.aborted) {
      say('stopped at once; everything that was acknowledged is kept');
      process.exit(EXIT.interrupted);
    }
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
    exitCode: () => (isTerminated ? EXIT.fine : EXIT.interrupted),
    release() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
