import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCli } from '../test/support/built-cli.ts';
import { standInSmi } from '../test/support/stand-in-smi.ts';
import { least as leastOf, type Measured } from './measure.ts';

/**
 * What `tare run` adds to a command: until it starts, after it ended, and while it runs. The command that ships is measured, built anew.
 * There is no GPU here: a script stands for nvidia-smi, so what the driver takes to answer is not in the figures.
 */
const [rounds = 7, sleepSeconds = 20] = process.argv.slice(2).map(Number);
const BUSY =
  'const t = performance.now(); const c = process.cpuUsage(); let x = 0; for (let i = 0; i < 1.5e9; i += 1) x += i & 7; const { user, system } = process.cpuUsage(c); console.log(`${performance.now() - t} ${(user + system) / 1000} ${x}`);';

const folder = mkdtempSync(join(tmpdir(), 'tare-benchmark-'));
const cli = buildCli();
const smi = standInSmi(join(folder, 'smi'));
const environment = {
  PATH: `${smi.binFolder}:${process.env['PATH']}`,
  HOME: folder,
  TMPDIR: folder,
  CUDA_VISIBLE_DEVICES: '0',
};
const metered = (command: readonly string[]) => [
  process.execPath,
  cli.entry,
  'run',
  '--quiet',
  '--',
  ...command,
];
const nowMs = () => performance.timeOrigin + performance.now();

try {
  report();
} finally {
  cli.remove();
  rmSync(folder, { recursive: true });
}

function report(): void {
  const moment = ['date', '+%s%N'];
  const [bare, node, tare] = [moment, [process.execPath, '-e', ''], metered(moment)].map((words) =>
    least(() => timed(words)),
  ) as [Timed, Timed, Timed];
  say(`least of ${rounds} rounds`);
  say(
    `until the command starts   ${ms(bare.startMs!)} bare, ${ms(tare.startMs!)} metered; node by itself ${ms(node.totalMs)}`,
  );
  say(`after a command of an instant ${ms(tare.totalMs - tare.startMs!)}: read, recorded in a new store`);
  const after = Array.from({ length: rounds }, () => timed(metered(['sh', '-c', 'sleep 6; date +%s%N'])));
  const leastAfterMs = Math.min(...after.map(({ totalMs, startMs }) => totalMs - startMs!));
  say(`after one of 6 s on a GPU     ${ms(leastAfterMs)}: read, weighed, recorded`);

  const short = least(() => timed(metered(['sleep', '3'])));
  const before = smi.calls();
  const asleep = timed(metered(['sleep', String(sleepSeconds)]));
  const duringMs = asleep.cpuMs - short.cpuMs;
  say(
    `sleep ${sleepSeconds}: ${ms(asleep.cpuMs)} of CPU, of which ${ms(short.cpuMs)} to start, weigh and record; ${(duringMs / 10 / (sleepSeconds - 3)).toFixed(2)} % of a core meanwhile, with ${smi.calls() - before} calls of the stand-in`,
  );
  const calls50 = timed(['sh', '-c', `for i in $(seq 50); do nvidia-smi --query-compute-apps=x; done`]);
  say(`the stand-in by itself: ${(calls50.cpuMs / 50).toFixed(1)} ms of CPU a call`);
  const [bareLoop, meteredLoop] = busyLoops();
  say(
    `a busy loop, as it measures itself: ${loopText(bareLoop)} bare, ${loopText(meteredLoop)} metered; ${(meteredLoop.wallMs / bareLoop.wallMs).toFixed(2)} × (cpu ${(meteredLoop.cpuMs / bareLoop.cpuMs).toFixed(2)} ×)`,
  );
}

/** In turns, so that whatever else the machine does falls on both. */
function busyLoops(): [Measured, Measured] {
  const loop = [process.execPath, '-e', BUSY];
  const own = (words: readonly string[]): Measured => {
    const [wallMs, cpuMs] = timed(words).stdout.split(' ').map(Number);
    return { wallMs: wallMs!, cpuMs: cpuMs! };
  };
  const pairs = Array.from({ length: rounds }, () => [own(loop), own(metered(loop))] as const);
  return [leastOf(pairs.map(([bare]) => bare)), leastOf(pairs.map(([, watched]) => watched))];
}

function loopText({ wallMs, cpuMs }: Measured): string {
  return `${ms(wallMs)} (cpu ${ms(cpuMs)})`;
}

type Timed = Readonly<{ startMs: number | null; totalMs: number; cpuMs: number; stdout: string }>;

/** A command that prints nanoseconds says when it ran. CPU is that of the process and of all that it waited for. */
function timed(words: readonly string[]): Timed {
  const script = '"$@"; code=$?; times >&2; exit $code';
  const beginMs = nowMs();
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script, 'sh', ...words], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  const totalMs = nowMs() - beginMs;
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  const printed = /^(\d{19})$/m.exec(stdout)?.[1];
  const startMs = printed === undefined ? null : Number(printed) / 1e6 - beginMs;
  return { startMs, totalMs, cpuMs: cpuOf(stderr), stdout };
}

/** The second line of `times`: user and system time of the children, `0m0.12s 0m0.03s`. */
function cpuOf(text: string): number {
  const line = text.trim().split('\n').at(-1)!;
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
}

function least(measure: () => Timed): Timed {
  const all = Array.from({ length: rounds }, measure);
  const starts = all.flatMap(({ startMs }) => (startMs === null ? [] : [startMs]));
  return {
    startMs: starts.length === 0 ? null : Math.min(...starts),
    totalMs: Math.min(...all.map(({ totalMs }) => totalMs)),
    cpuMs: Math.min(...all.map(({ cpuMs }) => cpuMs)),
    stdout: '',
  };
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
