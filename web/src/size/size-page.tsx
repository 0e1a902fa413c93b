import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { SizeReport } from '../../../src/app/results/size.ts';
import { fetchSize } from '../api/fetch-size.ts';
import { problemFrom } from '../api/problem.ts';
import { formatMoney } from '../format/money.ts';
import { Bars } from '../frame/bars.tsx';
import { Cards } from '../frame/cards.tsx';
import { Command } from '../frame/command.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Failure } from '../frame/failure.tsx';
import { Figure } from '../frame/figure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { readWindowState } from '../state/url-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { SizeForm } from './size-form.tsx';
import type { SizeState } from './size-state.ts';
import { readSizeState, sizeCommand, sizePath, sizeProblems, writeSizeState } from './size-state.ts';
import {
  priceText,
  sizeCsv,
  sizeSentence,
  viewLeverLines,
  viewSizeCards,
  viewSizeLevers,
} from './size-views.ts';

const SIZE_STATE = { read: readSizeState, write: writeSizeState };
const TYPING_MS = 150;

/** A fleet in, its cost and its waste out, while it is typed. Needs no data of anyone's. */
export default function SizePage() {
  const [state, change] = usePageState(SIZE_STATE);
  const path = useLater(sizePath(state), TYPING_MS);
  const query = useQuery({
    queryKey: ['size', path],
    queryFn: ({ signal }) => fetchSize(path!, signal),
    placeholderData: keepPreviousData,
    enabled: path !== null,
  });
  const report = query.data ?? null;
  const isWrong = path === null;
  return (
    <PageFrame
      page="Size"
      title={report ? `${report.gpus} ${report.gpuModel ?? 'GPUs'}, size` : 'Size a fleet'}
      window={readWindowState(new URLSearchParams())}
      keys={[]}
      isBusy={query.isFetching}
      status={report && !isWrong && !query.isError ? sizeSentence(report) : ''}
    >
      <div className="figures">
        <h1 className="sentence">
          {report && !query.isError ? sizeSentence(report) : 'Size a fleet, and watch the waste'}
        </h1>
        <SizeForm state={state} change={change} problems={sizeProblems(state)} />
        {query.isError && (
          <Failure
            problem={problemFrom(query.error)}
            onRetry={() => query.refetch()}
            isRetrying={query.isFetching}
            isBesideFigures
          />
        )}
        {query.isPending && !isWrong && <GhostPanel title="What it costs" />}
        {report && !query.isError && (
          <div className={query.isPlaceholderData || isWrong ? 'figures is-old' : 'figures'}>
            <Answer report={report} state={state} />
          </div>
        )}
      </div>
    </PageFrame>
  );
}

type AnswerProps = Readonly<{
  report: SizeReport;
  state: SizeState;
}>;

function Answer({ report, state }: AnswerProps) {
  const view = useMemo(() => viewSizeLevers(report), [report]);
  return (
    <>
      <Cards cards={viewSizeCards(report)} />
      <Split report={report} command={sizeCommand(state)} />
      <Panel
        id="levers"
        title="What each lever would do"
        note="Each alone, against the cost of the month; they do not add up. Estimates."
        controls={<CsvButton what="Levers" fileName="tare-size.csv" csv={() => sizeCsv(report)} />}
      >
        <Bars id="size-levers" view={view} look="chart" />
        {report.levers.length > 0 && <LeverTable report={report} />}
      </Panel>
    </>
  );
}

/** Money that works beside money that does not, as long as they are large. */
function Split({ report, command }: Readonly<{ report: SizeReport; command: string }>) {
  const { currency, idlePercent, monthlyUsefulCost, monthlyIdleCost } = report;
  const money = (text: string) => formatMoney(text, currency, 2);
  return (
    <Panel id="split" title="Where the month’s money goes" note={priceText(report)}>
      <div className="bar size-split" aria-hidden="true">
        <span className="bucket-fill" data-bucket="productive" style={{ width: `${100 - idlePercent}%` }} />
        <span className="bucket-fill" data-bucket="idle" style={{ width: `${idlePercent}%` }} />
      </div>
      <p className="size-legend">
        <span className="bucket-name">
          <span className="bucket-fill swatch" data-bucket="productive" aria-hidden="true" />
          works: {money(monthlyUsefulCost)}
        </span>
        <span className="bucket-name">
          <span className="bucket-fill swatch" data-bucket="idle" aria-hidden="true" />
          idle: {money(monthlyIdleCost)}
        </span>
      </p>
      <Command text={command} />
    </Panel>
  );
}

function LeverTable({ report }: Readonly<{ report: SizeReport }>) {
  return (
    <Scroller label="Table of levers">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Lever</th>
            {['GPUs', 'Per GPU-hour', 'A month', 'Saves'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
            <th scope="col">If</th>
          </tr>
        </thead>
        <tbody>
          {viewLeverLines(report).map((line) => (
            <tr key={line.lever}>
              <th scope="row">{line.name}</th>
              <td className="number">{line.gpus}</td>
              <td className="number">
                <Figure text={line.perGpuHour} exact={line.exactPrice} />
              </td>
              <td className="number">
                <Figure text={line.monthlyCost} exact={line.exactCost} />
              </td>
              <td className="number">
                <Figure text={line.saving} exact={line.exactSaving} />
              </td>
              <td className="quiet">{line.assumption}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

/** A value once it has stood for a moment: typing asks for nothing in between. */
function useLater<T>(value: T, milliseconds: number): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return later;
}
