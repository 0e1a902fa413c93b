/** Traces that were given to forms, kept while the page is open: an address is too short for them. */
export type GivenTrace = Readonly<{ fileName: string; text: string }>;

const traces = new Map<string, GivenTrace>();

export function givenTrace(simulator: string, file: string): GivenTrace | null {
  return traces.get(`${simulator}/${file}`) ?? null;
}

export function keepTrace(simulator: string, file: string, trace: GivenTrace | null): void {
  if (trace === null) traces.delete(`${simulator}/${file}`);
  else traces.set(`${simulator}/${file}`, trace);
}
