import { Button } from '@mantine/core';
import type { Problem } from '../api/problem.ts';

type FailureProps = Readonly<{
  problem: Problem;
  onRetry: () => void;
  isRetrying: boolean;
  isBesideFigures: boolean;
}>;

/** What went wrong, its code, what to do, and a way to try again. */
export function Failure({ problem, onRetry, isRetrying, isBesideFigures }: FailureProps) {
  return (
    <div className="failure" role="alert">
      {isBesideFigures ? <h2>{problem.title}</h2> : <h1>{problem.title}</h1>}
      {problem.detail && <p>{problem.detail}</p>}
      <p>
        <strong>What to do:</strong> {problem.remedy}
      </p>
      {isBesideFigures && <p>The figures below are those of the last answer.</p>}
      <p className="failure-foot">
        <Button size="xs" onClick={onRetry} loading={isRetrying}>
          Try again
        </Button>
        <span className="note">{problem.code ? `code ${problem.code}` : 'no code: Tare did not answer'}</span>
      </p>
    </div>
  );
}
