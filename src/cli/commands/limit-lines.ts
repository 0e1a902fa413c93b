import type { Clock } from '../../ports/clock.ts';

const MOST_A_SECOND = 20;

/** A log that is read slowly slows down who writes it: of many lines in one second, the first are shown and the others counted. */
export function limitLines(say: (line: string) => void, { nowMs }: Clock): (line: string) => void {
  let second = 0;
  let count = 0;
  return (line) => {
    const now = Math.floor(nowMs() / 1000);
    if (now !== second) {
      if (count > MOST_A_SECOND) say(`and ${count - MOST_A_SECOND} more like it, see tare admission log`);
      second = now;
      count = 0;
    }
    count += 1;
    if (count <= MOST_A_SECOND) say(line);
  };
}
