export type RejectFigures = Readonly<{ where: string; code: string; message: string }>;

/** What was left out of the files, so that a result over half a trace does not look whole. */

export type TraceFigures = Readonly<{
  rowsRead: number;
  rowsRejected: number;
  /** The first of them. */
  rejects: readonly RejectFigures[];
}>;
