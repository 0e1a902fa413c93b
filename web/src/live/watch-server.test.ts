import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchServer } from './watch-server.ts';

/** As the browser has it, as far as it is used here. */
class Source extends EventTarget {
  static all: Source[] = [];
  isClosed = false;
  constructor() {
    super();
    Source.all.push(this);
  }
  close() {
    this.isClosed = true;
  }
  say(name: string, revision: string) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify({ revision }) }));
  }
}
const last = () => Source.all.at(-1)!;
const open = () => Source.all.filter((source) => !source.isClosed);

let page: EventTarget & { hidden: boolean };
let heard: string[];
let answer: string | null;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  Source.all = [];
  page = Object.assign(new EventTarget(), { hidden: false });
  heard = [];
  answer = 'a';
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', async () => {
    if (answer === null) throw new TypeError('no connection');
    return new Response(JSON.stringify({ revision: answer }));
  });
  stop = watchServer({
    onRevision: (revision) => heard.push(revision),
    onAway: () => heard.push('away'),
    onBack: () => heard.push('back'),
  });
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a page hears of its server', () => {
  it('by one stream', () => {
    last().say('revision', 'a');
    last().say('revision', 'b');
    expect(heard).toEqual(['a', 'b']);
    expect(Source.all).toHaveLength(1);
  });

  it('holds no connection while it is hidden, and opens one when it is looked at again', () => {
    page.hidden = true;
    page.dispatchEvent(new Event('visibilitychange'));
    expect(open()).toHaveLength(0);
    page.hidden = false;
    page.dispatchEvent(new Event('visibilitychange'));
    last().say('revision', 'c');
    expect([open().length, heard]).toEqual([1, ['c']]);
  });

  it('says that the server is gone after two questions, and that it is back', async () => {
    last().say('revision', 'a');
    answer = null;
    last().dispatchEvent(new Event('error'));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual(['a', 'away']);
    answer = 'z-0';
    await vi.advanceTimersByTimeAsync(16_000);
    expect(heard.slice(0, 4)).toEqual(['a', 'away', 'back', 'z-0']);
    expect(open()).toHaveLength(1);
  });

  it('asks where no stream comes through, and goes on asking', async () => {
    for (let round = 0; round < 6; round += 1) {
      open()[0]?.dispatchEvent(new Event('error'));
      await vi.advanceTimersByTimeAsync(1_100);
    }
    const streams = Source.all.length;
    answer = 'b';
    await vi.advanceTimersByTimeAsync(16_000);
    expect(heard.at(-1)).toBe('b');
    expect(Source.all).toHaveLength(streams);
    expect(streams).toBe(3);
  });

  it('does not trust a stream that says nothing for long', async () => {
    last().say('revision', 'a');
    await vi.advanceTimersByTimeAsync(40_000);
    last().dispatchEvent(new MessageEvent('here', { data: '' }));
    await vi.advanceTimersByTimeAsync(40_000);
    expect(Source.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(Source.all).toHaveLength(2);
    expect(open()).toHaveLength(1);
  });

  it('leaves nothing behind', async () => {
    stop();
    await vi.advanceTimersByTimeAsync(100_000);
    page.dispatchEvent(new Event('visibilitychange'));
    expect(open()).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
