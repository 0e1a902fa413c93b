import { Button } from '@mantine/core';
import { problemFrom } from '../api/problem.ts';

type PanelFailureProps = Readonly<{
  query: Readonly<{ error: unknown; isFetching: boolean; refetch: () => unknown }>;
}>;

/** A part of a page that failed alone: what went wrong, what to do, the code, and a way to try again. */
export function PanelFailure({ query }: PanelFailureProps) {
  const { title, detail, remedy, code } = problemFrom(query.error);
  return (
    <div className="panel-failure" role="alert">
      <p className="field-error">
        {title}
        {detail && `: ${detail}`}
      </p>
      <p>
        <strong>What to do:</strong> {remedy}
      </p>
      <p className="failure-foot">
        <Button size="xs" variant="default" onClick={() => query.refetch()} loading={query.isFetching}>
          Try again
        </Button>
        <span className="note">{code ? `code ${code}` : 'no code: Tare did not answer'}</span>
      </p>
    </div>
  );
}
