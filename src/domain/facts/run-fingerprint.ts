export type RunInputs = Readonly<{
  /** A commit, an image digest, a version: whatever names the code exactly. `null` when unknown. */
  codeVersion: string | null;
  /** What names the data exactly: a digest, a version, a snapshot; several are joined in any order by the caller. */
  data: string | null;
  /** `null` when nobody said; an empty record means that there are none. */
  parameters: Readonly<Record<string, string>> | null;
}>;

const DIGITS = 32;

/**
 * The same text for the same code, data and parameters, from whichever source; `null` unless all three are known. The order of
 * parameters does not matter, their spelling does: `0.1` and `1e-1` are two. `digest` gives at least 32 characters.
 */
export function fingerprintRun(
  { codeVersion, data, parameters }: RunInputs,
  digest: (text: string) => string,
): string | null {
  if (codeVersion === null || data === null || parameters === null) return null;
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return digest(JSON.stringify([codeVersion, data, sorted])).slice(0, DIGITS);
}
