import { type ChildProcess, spawn } from 'node:child_process';
import { isatty } from 'node:tty';

/** How long a process that was sent the same signal may take to be seen dead, on a machine that is busy. */
const SEEN_WITHIN_MS = 60;
/** A signal that reached the witness before it reached this process. */
const SEEN_BEFORE_MS = 500;

export type SignalWitness = Readonly<{
  /** Whether the signal that just came went to all processes of the group (Ctrl-C does), rather than to this one alone. */
  wasForAll(signal: NodeJS.Signals): Promise<boolean>;
  dismiss(): void;
}>;

/**
 * Tells whom a signal was meant for. Ctrl-C, a terminal that closes and a service manager signal every process of a group, and
 * passing such a signal on would make it arrive twice at the child; `kill PID` signals one. The kernel does not tell a handler which
 * it was. So an idle process waits in the same group: when it dies of the signal too, everyone was meant.
 */
export function callWitness(): SignalWitness {
  let witness: ChildProcess | null = null;
  let isDismissed = false;
  let died: { signal: NodeJS.Signals; atMs: number } | null = null;
  let wake = () => {};

  function call(): void {
    // Ends by itself when its input closes, so it does not outlive this process.
    const called = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
    witness = called;
    called.unref();
    called.stdin.on('error', () => {});
    (called.stdin as unknown as { unref?: () => void }).unref?.();
    called.on('error', () => {
      if (witness === called) witness = null;
    });
    called.on('exit', (_, signal) => {
      if (witness === called) witness = null;
      if (signal !== null) died = { signal, atMs: performance.now() };
      if (!isDismissed && signal !== null) call();
      wake();
    });
  }
  call();

  function hasDiedOf(signal: NodeJS.Signals): boolean {
    if (died?.signal !== signal || performance.now() - died.atMs > SEEN_BEFORE_MS) return false;
    died = null;
    return true;
  }

  return {
    async wasForAll(signal) {
      if (hasDiedOf(signal)) return true;
      // Without a witness: keys are pressed for everyone, everything else is sent to one.
      if (witness === null) return signal !== 'SIGTERM' && isatty(0);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, SEEN_WITHIN_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return hasDiedOf(signal);
    },
    dismiss() {
      isDismissed = true;
      witness?.stdin?.end();
    },
  };
}
