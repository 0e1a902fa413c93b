import { VisuallyHidden } from '@mantine/core';
import { healthAddress } from './health-address.ts';
import { Link } from './link.tsx';

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

/** Leads to where it says how much rests on estimates, and what replaces them. */
export function EstimateMark() {
  return (
    // Not a stop of its own for the Tab key: there would be one in every row, and the navigation leads there too.
    <Link
      className="estimate"
      href={healthAddress()}
      tabIndex={-1}
      title="Rests on an estimate, wholly or in part, until the bill arrives"
    >
      <span aria-hidden="true">~</span>
      <VisuallyHidden> (estimate)</VisuallyHidden>
    </Link>
  );
}
