import { Button } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import type { RunReceipt } from '../../../src/app/results/runs.ts';
import { fetchReceipt } from '../api/fetch-runs.ts';
import { problemFrom } from '../api/problem.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import { Link } from '../frame/link.tsx';
import { pathBelow } from '../frame/page-list.ts';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { Compared, ComparePart } from './compare-view.ts';
import { compareRuns } from './compare-view.ts';
import type { RunsState } from './runs-state.ts';

type CompareProps = Readonly<{ ids: readonly string[]; change: ChangeState<RunsState> }>;

/** Two runs side by side. They stay chosen while the table is filtered and turned. */
export function Compare({ ids, change }: CompareProps) {
  const queries = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['receipt', id],
      queryFn: ({ signal }: Readonly<{ signal: AbortSignal }>) => fetchReceipt(id, signal),
    })),
  });
  const failed = queries.find(({ isError }) => isError);
  const receipts = queries.flatMap(({ data }) => data ?? []);
  return (
    <Panel
      id="compare"
      title="Compare"
      note={ids.length < 2 ? 'Choose a second run in the table.' : 'Difference: the second less the first.'}
      controls={
        <Button size="xs" variant="default" onClick={() => change({ compare: [] })}>
          Stop comparing
        </Button>
      }
    >
      {failed && (
        <p className="field-error" role="alert">
          {problemFrom(failed.error).title}. {problemFrom(failed.error).remedy}
        </p>
      )}
      {receipts.length === 2 ? (
        <CompareTable left={receipts[0]!} right={receipts[1]!} />
      ) : (
        receipts[0] && (
          <p>
            <RunLink receipt={receipts[0]} /> is chosen.
          </p>
        )
      )}
    </Panel>
  );
}

function RunLink({ receipt: { run } }: Readonly<{ receipt: RunReceipt }>) {
  return (
    <Link href={pathBelow('Runs', run.runId)} title={run.runId}>
      {run.name}
    </Link>
  );
}

function CompareTable({ left, right }: Readonly<{ left: RunReceipt; right: RunReceipt }>) {
  const parts = compareRuns(left.run, right.run, left.currency);
  return (
    <Scroller label="Two runs">
      <table className="grid parts">
        <thead>
          <tr>
            <td />
            <th scope="col" className="number">
              <RunLink receipt={left} />
            </th>
            <th scope="col" className="number">
              <RunLink receipt={right} />
            </th>
            <th scope="col" className="number">
              Difference
            </th>
          </tr>
        </thead>
        {parts.map((part) => (
          <Part key={part.title} part={part} />
        ))}
      </table>
    </Scroller>
  );
}

function Part({ part: { title, rows, note } }: Readonly<{ part: ComparePart }>) {
  return (
    <tbody>
      <tr className="part-head">
        <th scope="rowgroup" colSpan={4}>
          {title}
          {note && <span className="row-note">{note}</span>}
        </th>
      </tr>
      {rows.map((row) => (
        <Row key={row.name} row={row} />
      ))}
    </tbody>
  );
}

function Row({ row }: Readonly<{ row: Compared }>) {
  return (
    <tr data-same={row.isSame || undefined} data-whole={row.name === 'Cost' || undefined}>
      <th scope="row">{row.bucket ? <BucketName bucket={row.bucket} /> : row.name}</th>
      <td className="number" title={row.exact?.[0]}>
        {row.left}
      </td>
      <td className="number" title={row.exact?.[1]}>
        {row.right}
      </td>
      <td className="number difference">{row.difference}</td>
    </tr>
  );
}
