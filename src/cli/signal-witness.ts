import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';

/** The kernel signals a whole group in one go; these are looks, in milliseconds, while it is at it. */
const LOOKS_MS = [0, 5, 15, 40];
/** A witness that died this short before its death is asked about died of the same cause. */
const SAME_CAUSE_MS = 500;

export type SignalWitness = Readonly<{
  /** Whether the signal that just came went to all processes of the group (Ctrl-C does), rather than to this one alone. */
  wasForAll(signal: NodeJS.Signals): Promise<boolean>;
  dismiss(): void;
}>;

type Death = Readonly<{ signal: NodeJS.Signals; atMs: number }>;

/**
 * Tells whom a signal was meant for. Ctrl-C, a terminal that closes and a service manager signal every process of a group, and
 * passing such a signal on would make it arrive twice at the child; `kill PID` signals one. The kernel does not tell a handler which
 * it was. So an idle process waits in the same group: when the signal is deadly to it too, everyone was meant.
 */
export function callWitness(): SignalWitness {
  let witness: ChildProcess | null = null;
  let isDismissed = false;
  /** One that nobody asked about yet. */
  let death: Death | null = null;

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
      if (signal !== null && witness === called) death = { signal, atMs: performance.now() };
      if (witness !== called && witness !== null) return;
      witness = null;
      if (!isDismissed && signal !== null) call();
    });
  }
  call();

  function hasDiedOf(signal: NodeJS.Signals): boolean {
    if (death?.signal !== signal || performance.now() - death.atMs > SAME_CAUSE_MS) return false;
    death = null;
    return true;
  }

  /** It has been asked about: its death says nothing about a later signal, for which there is another witness. */
  function isDying(): boolean {
    if (!witness?.pid || !hasDeadlySignal(witness.pid)) return false;
    if (!isDismissed) call();
    return true;
  }

  return {
    async wasForAll(signal) {
      // Without a witness: keys are pressed for everyone, everything else is sent to one.
      if (witness === null && death === null) return signal !== 'SIGTERM' && isatty(0);
      for (const look of LOOKS_MS) {
        await sleep(look);
        if (hasDiedOf(signal) || isDying()) return true;
      }
      return false;
    },
    dismiss() {
      isDismissed = true;
      witness?.stdin?.end();
    },
  };
}

/**
 * Whether a process that handles no signal was sent one and has, on a busy machine, not come to dying yet. See proc(5): pending signals of
 * the thread and of the process, as bits.
 */
function hasDeadlySignal(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return /^State:\s+[ZX]/m.test(status) || /^(?:SigPnd|ShdPnd):\s+0*[1-9a-f]/m.test(status);
  } catch {
    // No Linux: its end will be told.
    return false;
  }
}
