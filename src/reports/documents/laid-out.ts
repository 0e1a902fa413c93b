import type { Mark } from './drawing.ts';

/** What a part is, as tagged PDF calls it; `Artifact` is there for the eye alone. */
export type Tag = 'H1' | 'H2' | 'P' | 'Div' | 'Figure' | 'Table' | 'TR' | 'TH' | 'TD' | 'Artifact';

/** A part of a document in its place: its own marks, then its parts, in the order of reading. Marks are in points from the top left of the page. */
export type Placed = Readonly<{
  tag: Tag;
  page: number;
  marks: readonly Mark[];
  parts: readonly Placed[];
  /** What a figure shows, in words. */
  alt?: string;
  /** In the list of headings beside the page. */
  bookmark?: string;
  /** Of a heading cell. */
  scope?: 'Column' | 'Row';
}>;

export type LaidOut = Readonly<{
  width: number;
  height: number;
  /** 1 unless the print was made smaller. */
  zoom: number;
  pages: number;
  parts: readonly Placed[];
}>;

/** All marks of one page, in the order of drawing. */
export function marksOn({ parts }: Pick<LaidOut, 'parts'>, page: number): Mark[] {
  return parts.flatMap((part) => [
    ...(part.page === page ? part.marks : []),
    ...marksOn({ parts: part.parts }, page),
  ]);
}
