import { describe, expect, it, test } from 'vitest';
import type { HourSeries } from './expected-hours.ts';
import { findEpisodes } from './find-episodes.ts';

const MONDAY = Date.UTC(2026, 0, 5);
const SENSITIVITY = { fewestExcess: 20, fewestShare: 0.2 };
const DAYS = 84;

/** 10 in the working hours of working days, 2 otherwise, and a little that comes and goes. */
function usual(hour: number): number {
  const isWorking = Math.floor(hour / 24) % 7 < 5 && hour % 24 >= 8 && hour % 24 < 18;
  return (isWorking ? 10 : 2) * (1 + 0.1 * Math.sin(hour * 1.7));
}

function series(value: (hour: number) => number | null, days = DAYS): HourSeries {
  return {
    startMs: MONDAY,
    values: Array.from({ length: days * 24 }, (_, hour) => value(hour)),
    weights: null,
  };
}

const found = (value: (hour: number) => number | null, days = DAYS) =>
  findEpisodes(series(value, days), SENSITIVITY).episodes;

/** Hours from the start of a day of the series. */
const at = (day: number, hour = 0) => day * 24 + hour;

describe('what is not an anomaly', () => {
  test.each<[string, (hour: number) => number | null]>([
    ['a season', usual],
    ['growth of a fifth in the time', (hour) => usual(hour) * (1 + hour / at(DAYS) / 5)],
    ['less than usual', (hour) => (hour >= at(70) && hour < at(75) ? 0 : usual(hour))],
    ['holes', (hour) => (hour % 50 < 7 ? null : usual(hour))],
    ['a day of which nothing is known', (hour) => (Math.floor(hour / 24) === 70 ? null : usual(hour))],
    ['a small one', (hour) => usual(hour) + (hour === at(70, 10) ? 15 : 0)],
  ])('%s', (_, value) => {
    expect(found(value)).toEqual([]);
  });
});

describe('what is one', () => {
  it('is three hours of three times as much, found at their end', () => {
    const spike = (hour: number) => usual(hour) * (hour >= at(70, 9) && hour < at(70, 12) ? 3 : 1);
    const [episode, ...others] = found(spike);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ firstHour: at(70, 9), endHour: at(70, 12), isOngoing: false });
    expect(episode!.actual / episode!.expected).toBeCloseTo(3, 0);
    const soon = findEpisodes(series(spike, 71), SENSITIVITY);
    const cut = { ...series(spike), values: series(spike).values.slice(0, at(70, 12)) };
    expect(findEpisodes(cut, SENSITIVITY).episodes).toHaveLength(1);
    expect(soon.isJudged).toBe(true);
  });

  it('is a night that looks like a day', () => {
    const busy = (hour: number) => (hour >= at(70, 20) && hour < at(71, 5) ? 10 : usual(hour));
    expect(found(busy)[0]).toMatchObject({ firstHour: at(70, 20), endHour: at(71, 5) });
  });

  it('is two days of a third more, which no single hour shows', () => {
    const more = (hour: number) => usual(hour) * (hour >= at(70) && hour < at(72) ? 1.35 : 1);
    expect(found(more)).toHaveLength(1);
    expect(found(more)[0]!.endHour).toBeGreaterThan(at(71, 12));
  });

  it('is found between holes', () => {
    const holey = (hour: number) =>
      hour % 9 === 0 ? null : usual(hour) * (hour >= at(70) && hour < at(72) ? 2 : 1);
    expect(found(holey)).toHaveLength(1);
  });

  it('is an owner who was not there before', () => {
    const newcomer = (hour: number) => (hour >= at(70) && hour < at(71) ? 8 : 0);
    expect(found(newcomer)[0]).toMatchObject({ actual: 8 * 24, expected: 0 });
  });

  it('does not become what is expected', () => {
    const again = (hour: number) => usual(hour) * ([63, 70, 77].includes(Math.floor(hour / 24)) ? 2 : 1);
    expect(found(again)).toHaveLength(3);
  });

  it('is the new level after two weeks, and no anomaly after that', () => {
    const step = (hour: number) => usual(hour) * (hour >= at(50) ? 2 : 1);
    const episodes = found(step, 140);
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({ isNewLevel: true, isOngoing: false });
    const [more] = found((hour) => step(hour) * (hour >= at(130) && hour < at(132) ? 2 : 1), 140).slice(1);
    expect(more!.firstHour).toBeGreaterThanOrEqual(at(130));
  });

  it('goes on at the end of what is known', () => {
    const late = (hour: number) => usual(hour) * (hour >= at(DAYS - 1, 6) ? 3 : 1);
    expect(found(late)[0]!.isOngoing).toBe(true);
  });
});

it('says nothing in the first weeks', () => {
  const early = (hour: number) => usual(hour) * (hour >= at(12) ? 4 : 1);
  const search = findEpisodes(series(early, 14), SENSITIVITY);
  expect(search.episodes).toEqual([]);
  expect(search.isJudged).toBe(false);
});

it('takes a false alarm for usual: what is like it is no anomaly any more', () => {
  const bursts = (hour: number) => usual(hour) * ([63, 70].includes(Math.floor(hour / 24)) ? 2 : 1);
  expect(findEpisodes(series(bursts), SENSITIVITY).episodes).toHaveLength(2);
  const judged = findEpisodes(series(bursts), SENSITIVITY, [{ firstHour: at(63), endHour: at(64) }]);
  expect(judged.episodes.map(({ firstHour }) => Math.floor(firstHour / 24))).toEqual([63]);
});

it('judges each hour with what was known before it', () => {
  const value = (hour: number) => usual(hour) * (hour >= at(70, 9) && hour < at(70, 14) ? 3 : 1);
  const whole = findEpisodes(series(value), SENSITIVITY).expected;
  const cut = findEpisodes(series(value, 72), SENSITIVITY).expected;
  expect(whole.slice(0, at(72))).toEqual(cut);
});

it('counts a unit cost by its units', () => {
  const one = series((hour) => (hour >= at(70) && hour < at(71) ? 3 : 1 + 0.05 * Math.sin(hour * 1.7)));
  const few = { ...one, weights: one.values.map(() => 0.01) };
  const many = { ...one, weights: one.values.map(() => 100) };
  expect(findEpisodes(few, SENSITIVITY).episodes).toEqual([]);
  expect(findEpisodes(many, SENSITIVITY).episodes[0]!.actual).toBeCloseTo(7200, 6);
});
