/** Work that must not run side by side: each piece starts when the ones before it have ended, well or badly. */
export type Turns<Name extends string> = Readonly<{
  take<T>(name: Name, work: () => Promise<T>): Promise<T>;
  /** What runs now, or is the next to run. */
  running(): Name | undefined;
}>;

export function createTurns<Name extends string>(): Turns<Name> {
  const waiting: Name[] = [];
  let last: Promise<unknown> = Promise.resolve();

  return {
    running: () => waiting[0],
    take(name, work) {
      waiting.push(name);
      const turn = last.then(work).finally(() => waiting.shift());
      last = turn.catch(() => {});
      return turn;
    },
  };
}
