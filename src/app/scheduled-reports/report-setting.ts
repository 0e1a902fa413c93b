import type { LedgerDimension } from '../../ports/store.ts';
import type { DocumentFormat, DocumentKind } from '../results/documents.ts';
import type { Times } from './due-times.ts';

/** One of `reports` in the configuration, checked: its times come, and its recipients exist and take documents. */
export type ReportSetting = Times &
  Readonly<{
    /** Unique. */
    name: string;
    kind: DocumentKind;
    team: string | null;
    by: LedgerDimension | null;
    formats: readonly DocumentFormat[];
    /** Names of recipients. */
    to: readonly string[];
  }>;
