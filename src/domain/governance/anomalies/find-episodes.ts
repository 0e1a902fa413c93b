import { expectDay, HOURS_OF_DAY, type HourSeries, median } from './expected-hours.ts';

/** A stretch of hours that were too much, by their place in the series. */
export type Episode = Readonly<{
  firstHour: number;
  /** Exclusive. */
  endHour: number;
  /** Over the known hours of the stretch. */
  actual: number;
  expected: number;
  /** Goes on at the end of what is known. */
  isOngoing: boolean;
  /** It went on for two weeks, and is what is expected from then on. */
  isNewLevel: boolean;
}>;

export type EpisodeSearch = Readonly<{
  episodes: readonly Episode[];
  /** By hour; `null` where nothing is expected: too little is known of the time before. */
  expected: readonly (number | null)[];
  /** Whether the last day could be judged at all. */
  isJudged: boolean;
}>;

export type Sensitivity = Readonly<{
  /** Less than this much too much is not worth a word. */
  fewestExcess: number;
  /** The same as a share of what is expected. */
  fewestShare: number;
}>;

/** An excess is looked for over three hours, so that it is known soon, and over days, so that a small one is found at all. */
const SHORT_HOURS = 3;
/** How far out, in standard deviations by the median of deviations. */
const DEVIATIONS = 5;
/** And further than any window before, whatever their distribution: cost comes in bursts, and five deviations of it are nothing. */
const DAY_BEYOND = 1.5;
const SHORT_BEYOND = 2;
/** So long after an anomaly, one of the same figure that is this much smaller is no news: bursts come together. */
const NEWS_DAYS = 14;
const NEWS_SHARE = 0.8;
/** Windows that an excess is compared with, and how many it takes. */
const MOST_DAYS = 112;
const FEWEST_DAYS = 28;
const FEWEST_KNOWN_SHARE = 0.75;
/** A median of deviations is 0.6745 standard deviations of a normal distribution. */
const TO_DEVIATION = 1.4826;
/** Excesses that are no further apart are one: a weekend may hide what goes on. */
const GAP_HOURS = 72;
const NEW_LEVEL_DAYS = 14;

/**
 * Finds stretches of too much, day by day, judging each with what was known before it.
 *
 * An hour in an episode is never used to expect others. An episode that has lasted two weeks is taken for the new level, and everything
 * before it is forgotten. See docs/methodology-guardrails.md, "Anomalies".
 */
export function findEpisodes(
  series: HourSeries,
  sensitivity: Sensitivity,
  falseAlarms: readonly UsualHours[] = [],
): EpisodeSearch {
  const { values } = series;
  const days = Math.ceil(values.length / HOURS_OF_DAY);
  const search = new Search(series, sensitivity, falseAlarms);
  for (let day = 0; day < days; day++) search.judgeDay(day);
  return {
    episodes: search.finish(),
    expected: search.expected,
    isJudged: search.wasJudged,
  };
}

type Stretch = { firstHour: number; endHour: number };
/** Hours of which someone said that they were nothing unusual. */
export type UsualHours = Readonly<{ firstHour: number; endHour: number }>;

/** One length of window: what it was usually out by, and the anomalies among them. */
type Kind = Readonly<{ hours: number; beyond: number; past: Window[]; flagged: Window[] }>;
type Window = Readonly<{ day: number; excess: number }>;

class Search {
  readonly expected: (number | null)[] = [];
  wasJudged = false;
  readonly #series: HourSeries;
  readonly #sensitivity: Sensitivity;
  readonly #falseAlarms: readonly UsualHours[];
  readonly #unusual = new Set<number>();
  #forgottenBefore = 0;
  readonly #days: Kind = { hours: HOURS_OF_DAY, beyond: DAY_BEYOND, past: [], flagged: [] };
  readonly #short: Kind = { hours: SHORT_HOURS, beyond: SHORT_BEYOND, past: [], flagged: [] };
  readonly #closed: Episode[] = [];
  #open: Stretch | null = null;

  constructor(series: HourSeries, sensitivity: Sensitivity, falseAlarms: readonly UsualHours[]) {
    this.#series = series;
    this.#sensitivity = sensitivity;
    this.#falseAlarms = falseAlarms;
  }

  judgeDay(day: number): void {
    const isUsual = (hour: number) => hour >= this.#forgottenBefore && !this.#unusual.has(hour);
    this.expected.push(...expectDay(this.#series, day, isUsual));
    const first = day * HOURS_OF_DAY;
    this.wasJudged = this.#days.past.filter((past) => past.day >= day - MOST_DAYS).length >= FEWEST_DAYS;
    const short = this.#limitOf(this.#short, day);
    const whole = this.#limitOf(this.#days, day);
    for (let hour = first; hour < first + HOURS_OF_DAY; hour++)
      this.#judge(hour + 1, day, short, this.#short);
    this.#judge(first + HOURS_OF_DAY, day, whole, this.#days);
    this.#closeIfOver(first + HOURS_OF_DAY);
  }

  finish(): readonly Episode[] {
    if (this.#open) this.#closed.push(this.#toEpisode(this.#open, { isOngoing: true, isNewLevel: false }));
    return this.#closed;
  }

  #judge(endHour: number, day: number, limit: number | null, kind: Kind): void {
    if (endHour > this.#series.values.length) return;
    const stretch = { firstHour: endHour - kind.hours, endHour };
    const sum = this.#sum(stretch);
    if (sum === null) return;
    const excess = sum.actual - sum.expected;
    const { fewestExcess, fewestShare } = this.#sensitivity;
    const isTooMuch =
      limit !== null && excess > limit && excess >= fewestExcess && excess >= fewestShare * sum.expected;
    const isFalseAlarm = this.#falseAlarms.some((one) => overlap(one, stretch));
    if (isTooMuch) {
      this.#flag(stretch, isFalseAlarm);
      kind.flagged.push({ day, excess });
    }
    if (isFalseAlarm || (!isTooMuch && !this.#isUnusual(stretch))) kind.past.push({ day, excess });
  }

  #isUnusual({ firstHour, endHour }: Stretch): boolean {
    for (let hour = firstHour; hour < endHour; hour++) if (this.#unusual.has(hour)) return true;
    return false;
  }

  /** Above which an excess is too much; `null` while too little is known. */
  #limitOf({ past, flagged, beyond }: Kind, day: number): number | null {
    const excesses = past.filter((one) => one.day >= day - MOST_DAYS).map(({ excess }) => excess);
    if (!this.wasJudged || excesses.length === 0) return null;
    const middle = median(excesses);
    const deviation = TO_DEVIATION * median(excesses.map((excess) => Math.abs(excess - middle)));
    const told = this.#open ? [] : flagged.filter((one) => one.day >= day - NEWS_DAYS);
    return Math.max(
      DEVIATIONS * deviation,
      beyond * Math.max(0, ...excesses),
      NEWS_SHARE * Math.max(0, ...told.map(({ excess }) => excess)),
    );
  }

  #sum({ firstHour, endHour }: Stretch): Readonly<{ actual: number; expected: number }> | null {
    let [actual, expected, known] = [0, 0, 0];
    for (let hour = Math.max(0, firstHour); hour < endHour; hour++) {
      const amount = this.#amounts(hour);
      if (amount === null) continue;
      actual += amount.actual;
      expected += amount.expected;
      known += 1;
    }
    return known >= FEWEST_KNOWN_SHARE * (endHour - firstHour) ? { actual, expected } : null;
  }

  #amounts(hour: number): Readonly<{ actual: number; expected: number }> | null {
    const value = this.#series.values[hour] ?? null;
    const expected = this.expected[hour] ?? null;
    if (value === null || expected === null) return null;
    const weight = this.#series.weights?.[hour] ?? 1;
    return { actual: value * weight, expected: expected * weight };
  }

  /** Without the hours at its ends that have little to do with it. */
  #trim({ firstHour, endHour }: Stretch): Stretch {
    const excesses = Array.from({ length: endHour - firstHour }, (_, index) => {
      const amount = this.#amounts(firstHour + index);
      return amount === null ? 0 : amount.actual - amount.expected;
    });
    const positive = excesses.filter((excess) => excess > 0);
    const bar = positive.reduce((sum, excess) => sum + excess, 0) / positive.length / 2;
    return {
      firstHour: firstHour + excesses.findIndex((excess) => excess >= bar),
      endHour: firstHour + excesses.findLastIndex((excess) => excess >= bar) + 1,
    };
  }

  /** The stretch is what was flagged, less its quiet ends; of what was flagged, nothing is learnt. */
  #flag(flagged: Stretch, isFalseAlarm: boolean): void {
    const stretch = this.#trim(flagged);
    if (this.#open && stretch.firstHour > this.#open.endHour + GAP_HOURS) this.#close(false);
    this.#open ??= { ...stretch };
    this.#open.firstHour = Math.min(this.#open.firstHour, stretch.firstHour);
    this.#open.endHour = Math.max(this.#open.endHour, stretch.endHour);
    if (isFalseAlarm) return;
    for (let hour = Math.min(flagged.firstHour, this.#open.firstHour); hour < flagged.endHour; hour++)
      this.#unusual.add(hour);
  }

  #closeIfOver(judgedUntil: number): void {
    if (!this.#open) return;
    const { firstHour, endHour } = this.#open;
    if (endHour - firstHour >= NEW_LEVEL_DAYS * HOURS_OF_DAY) {
      this.#forgottenBefore = firstHour;
      for (let hour = firstHour; hour < judgedUntil; hour++) this.#unusual.delete(hour);
      for (const { past, flagged } of [this.#days, this.#short]) {
        past.length = 0;
        flagged.length = 0;
      }
      this.#close(true);
    } else if (judgedUntil > endHour + GAP_HOURS && this.#series.values.length > endHour + GAP_HOURS)
      this.#close(false);
  }

  #close(isNewLevel: boolean): void {
    this.#closed.push(this.#toEpisode(this.#open!, { isOngoing: false, isNewLevel }));
    this.#open = null;
  }

  #toEpisode({ firstHour, endHour }: Stretch, ends: Pick<Episode, 'isOngoing' | 'isNewLevel'>): Episode {
    let [actual, expected] = [0, 0];
    for (let hour = firstHour; hour < endHour; hour++) {
      const amount = this.#amounts(hour);
      actual += amount?.actual ?? 0;
      expected += amount?.expected ?? 0;
    }
    return { firstHour, endHour, actual, expected, ...ends };
  }
}

function overlap(a: UsualHours, b: UsualHours): boolean {
  return a.firstHour < b.endHour && b.firstHour < a.endHour;
}
