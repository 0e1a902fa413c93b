/** What has a name that people look for, in the order in which equally good finds are listed. */
export const NAME_KINDS = [
  'team',
  'model',
  'endpoint',
  'workload',
  'run',
  'pool',
  'gpuModel',
  'node',
  'device',
] as const;

export type NameKind = (typeof NAME_KINDS)[number];

/** How well a name fits: it is what was asked for, begins with it, or holds it somewhere. */
export const FITS = ['whole', 'start', 'part'] as const;

export type FoundName = Readonly<{
  kind: NameKind;
  /** What names it elsewhere: the id of a run, the name of anything else. */
  id: string;
  name: string;
  /** Whose it is or where it stands: a team, a node; `''` where nothing says so. */
  detail: string;
  fit: (typeof FITS)[number];
}>;

export interface NameSearch {
  /**
   * Names that hold the text in any case, at most `limit` of each kind: those that fit best, and among equals the first by name and id.
   * The text is taken as it is; it knows no wildcards.
   */
  findNames(text: string, limit: number): Promise<readonly FoundName[]>;
}
