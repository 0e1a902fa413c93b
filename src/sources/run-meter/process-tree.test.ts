import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { followProcesses, RUN_ID_VARIABLE, startOfProcess } from './process-tree.ts';

const started: ChildProcess[] = [];
const orphans: number[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of orphans.splice(0)) process.kill(pid, 'SIGKILL');
});

/** Runs a line of shell that prints a process number. */
async function startShell(script: string, environment: Record<string, string> = {}) {
  const child = spawn('sh', ['-c', script], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const printed = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text))),
  );
  return { child, printedPid: Number(printed.trim()) };
}

describe.skipIf(process.platform !== 'linux')('real processes (Linux alone has /proc)', () => {
  it('descend from the command', async () => {
    const { child, printedPid } = await startShell('sh -c "sleep 30 & echo \\$!; wait"; :');
    const tree = followProcesses(child.pid!, 'none');
    orphans.push(printedPid);
    expect(await tree.ownOf([child.pid!, printedPid, process.pid, 1])).toEqual(
      new Set([child.pid, printedPid]),
    );
  });

  it('are known by their mark after their parent has ended', async () => {
    const script = '(setsid sleep 30 > /dev/null & echo $!); exec sleep 30';
    const { child, printedPid } = await startShell(script, { [RUN_ID_VARIABLE]: 'r-1' });
    orphans.push(printedPid);
    expect(await followProcesses(child.pid!, 'r-1').ownOf([printedPid])).toEqual(new Set([printedPid]));
    expect(await followProcesses(child.pid!, 'r-12').ownOf([printedPid])).toEqual(new Set());
  });

  it('stay known when they have put off both', async () => {
    const { child, printedPid } = await startShell('env -i sleep 30 & echo $!; wait');
    orphans.push(printedPid);
    const tree = followProcesses(child.pid!, 'r-2');
    expect(await tree.ownOf([printedPid])).toEqual(new Set([printedPid]));
    const gone = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(await tree.ownOf([printedPid])).toEqual(new Set([printedPid]));
    expect(await tree.survivors()).toEqual([printedPid]);
    expect(await followProcesses(child.pid!, 'r-2').ownOf([printedPid])).toEqual(new Set());
  });

  it('that are gone have no start', async () => {
    expect(await startOfProcess(process.pid)).toMatch(/^\d+$/);
    expect(await startOfProcess(2 ** 22 + 1)).toBeNull();
  });
});

describe('open devices, in a folder that looks like /proc', () => {
  it('count for processes that compute, not for those that only watch', async () => {
    const proc = mkdtempSync(join(tmpdir(), 'tare-proc-'));
    const add = (pid: number, name: string, files: readonly string[]) => {
      mkdirSync(join(proc, `${pid}`, 'fd'), { recursive: true });
      const fields = ['S', '7', ...Array.from({ length: 17 }, () => '0'), '4711'];
      writeFileSync(join(proc, `${pid}`, 'stat'), `${pid} (${name}) ${fields.join(' ')}`);
      writeFileSync(join(proc, `${pid}`, 'environ'), '');
      for (const [place, file] of files.entries()) symlinkSync(file, join(proc, `${pid}`, 'fd', `${place}`));
    };
    add(7, 'sh', []);
    add(8, 'python (a b) 3', ['/dev/null', '/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia3']);
    add(9, 'watcher', ['/dev/nvidiactl', '/dev/nvidia0', '/dev/nvidia1']);
    expect(await followProcesses(7, 'r', proc).openGpus()).toEqual(new Set([3]));
    rmSync(proc, { recursive: true });
  });
});
