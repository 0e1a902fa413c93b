import type { TableModel } from '../table-model.ts';
import type { Drawing } from './drawing.ts';

/** A document as what stands on it, before it is laid out: HTML, PDF, SVG, PNG and Markdown are made of the same. */
export type PageModel = Readonly<{
  title: string;
  /** `October 2026`. */
  subtitle: string;
  /** At the right of the title. */
  aside: readonly string[];
  /** Across the page where the figures are made up. */
  stamp: string | null;
  lead: string;
  blocks: readonly Block[];
  /** How the figures came about, small, at the foot. */
  method: readonly string[];
  orientation: 'portrait' | 'landscape';
  /** Printed smaller rather than on two pages. */
  isOnePage: boolean;
  /** ISO instant: the date of the document. */
  asOf: string;
  /** Everything as exact figures, for CSV. */
  figures: TableModel;
}>;

/** Two neighbours that are half as wide as the page stand side by side. */
export type Block = Readonly<{ width: 'full' | 'half' }> &
  (
    | Readonly<{ kind: 'cards'; cards: readonly Card[] }>
    | Readonly<{
        kind: 'chart';
        heading: string;
        /** What it shows, in words. */
        summary: string;
        draw: (width: number) => Drawing;
        /** The same as figures. */
        table: TableModel;
      }>
    | Readonly<{ kind: 'table'; heading: string; table: TableModel; note: string | null }>
    | Readonly<{ kind: 'text'; heading: string; paragraphs: readonly string[] }>
  );

export type Card = Readonly<{
  label: string;
  value: string;
  note: string;
  tone: 'plain' | 'good' | 'bad';
}>;
