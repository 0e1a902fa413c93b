import { VisuallyHidden } from '@mantine/core';

type FigureProps = Readonly<{
  text: string;
  /** Every digit, shown on hover. */
  exact?: string | undefined;
  isEstimate?: boolean;
}>;

/** A figure as printed, its exact value on hover, and `~` where it rests on an estimate. */
export function Figure({ text, exact, isEstimate = false }: FigureProps) {
  return (
    <span className="figure" title={exact}>
      {text}
      {isEstimate && <EstimateMark />}
    </span>
  );
}

export function EstimateMark() {
  return (
    <span className="estimate" title="Rests on an estimate, wholly or in part, until the bill arrives">
      <span aria-hidden="true">~</span>
      <VisuallyHidden> (estimate)</VisuallyHidden>
    </span>
  );
}
