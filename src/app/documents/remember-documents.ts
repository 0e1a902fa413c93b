import type { ReportDocument } from '../results/documents.ts';
import type { DocumentRequest } from '../tare.ts';

/** More than the kinds, teams and formats that somebody looks at in turn. */
const MOST = 50;

export type RememberedDocuments = Readonly<{
  /** The same promise again while nothing was forgotten. */
  of(request: DocumentRequest, make: () => Promise<ReportDocument>): Promise<ReportDocument>;
  forget(): void;
}>;

/**
 * Documents hold the plan, which takes seconds to search, and are asked for once for each format. What is written or built makes them old:
 * the owner of the store says so by `forget`.
 */
export function rememberDocuments(): RememberedDocuments {
  const known = new Map<string, Promise<ReportDocument>>();
  return {
    of(request, make) {
      const key = JSON.stringify(request);
      const found = known.get(key);
      if (found) return found;
      if (known.size >= MOST) known.clear();
      const made = make();
      known.set(key, made);
      made.catch(() => known.get(key) === made && known.delete(key));
      return made;
    },
    forget: () => known.clear(),
  };
}
