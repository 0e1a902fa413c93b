import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEMO_PREFIX,
  demoStoreFile,
  findDemoNote,
  readServerNote,
  removeAbandonedDemos,
  storeFile,
  writeServerNote,
} from './server-note.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-note-'));
  file = join(directory, 'tare.duckdb');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A process that certainly lives and is not this one. */
const ALIVE = process.ppid;
/** A process number that was in use until a moment ago. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid!;
}

describe('the server note', () => {
  it('is read by others, by nobody else, and removed', () => {
    const note = { url: 'http://127.0.0.1:4680', pid: ALIVE, token: 'abc' };
    const remove = writeServerNote(file, note);
    expect(readServerNote(file)).toEqual(note);
    if (process.platform !== 'win32') expect(statSync(`${file}.server.json`).mode & 0o777).toBe(0o600);
    remove();
    expect(existsSync(`${file}.server.json`)).toBe(false);
  });

  it('of a process that is gone counts as none', () => {
    writeServerNote(file, { url: 'http://127.0.0.1:1', pid: deadPid(), token: 'abc' });
    expect(readServerNote(file)).toBeUndefined();
  });

  it('that another server wrote since is left alone', () => {
    const remove = writeServerNote(file, { url: 'http://127.0.0.1:1', pid: ALIVE, token: 'first' });
    writeServerNote(file, { url: 'http://127.0.0.1:2', pid: ALIVE, token: 'second' });
    remove();
    expect(readServerNote(file)?.token).toBe('second');
  });

  it.each(['', '{', '{"url":"x"}', '[]'])('that is broken counts as none: %s', (text) => {
    writeFileSync(`${file}.server.json`, text);
    expect(readServerNote(file)).toBeUndefined();
  });
});

describe('storeFile', () => {
  it.each([
    ['duckdb:.tare/tare.duckdb', '/home/me/.tare/tare.duckdb'],
    ['duckdb:/data/a.duckdb?threads=2', '/data/a.duckdb'],
    ['duckdb::memory:', null],
    ['clickhouse://host/tare', null],
  ])('%s → %s', (url, expected) => {
    expect(storeFile(url, '/home/me')).toBe(expected);
  });
});

describe('demos', () => {
  const usual = process.env['TMPDIR'];
  beforeEach(() => {
    process.env['TMPDIR'] = directory;
  });
  afterEach(() => {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  });

  function demo(name: string, pid: number): string {
    const folder = join(directory, `${DEMO_PREFIX}${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'process'), String(pid));
    writeServerNote(demoStoreFile(folder), { url: `http://127.0.0.1/${name}`, pid, token: name });
    return folder;
  }

  it('are found while they run, and cleared away when they were killed', () => {
    const killed = demo('killed', deadPid());
    expect(findDemoNote()).toBeUndefined();
    const running = demo('running', ALIVE);
    expect(findDemoNote()?.token).toBe('running');
    removeAbandonedDemos();
    expect([existsSync(killed), existsSync(running)]).toEqual([false, true]);
  });
});
