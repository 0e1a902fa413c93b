import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { EndpointReceipt } from '../../../src/app/results/units.ts';
import { fetchEndpoint, fetchUnits, fetchUnitsCsv } from '../api/fetch-units.ts';
import { problemFrom } from '../api/problem.ts';
import { BucketSplit } from '../buckets/bucket-split.tsx';
import { toCsv } from '../format/csv.ts';
import { formatWindow } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Failure } from '../frame/failure.tsx';
import { GeneratedBanner } from '../frame/generated-banner.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { Link } from '../frame/link.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { ApiSpend } from '../units/api-spend.tsx';
import { BreakEven } from '../units/break-even.tsx';
import { diagnosisLook } from '../units/diagnosis-view.ts';
import { Drivers } from '../units/drivers.tsx';
import { unitsAddress } from '../units/list-address.ts';
import { Trend } from '../units/trend.tsx';
import { Judging } from '../units/units-controls.tsx';
import type { UnitsState } from '../units/units-state.ts';
import { readUnitsState, writeUnitsState } from '../units/units-state.ts';
import { EndpointLines } from './endpoint-lines.tsx';
import { EndpointParts } from './endpoint-parts.tsx';
import { receiptSentence, viewBuckets, viewFacts } from './receipt-view.ts';

const ENDPOINT_STATE = { read: readUnitsState, write: writeUnitsState };

/** One endpoint: from its devices and their prices to the cost of a thousand requests, and what would be cheaper. */
export default function EndpointPage({ name }: Readonly<{ name: string }>) {
  const [state, change] = usePageState(ENDPOINT_STATE);
  const { from, to, sloMs, minQuality, apiPrice, against } = state;
  const query = useQuery({
    queryKey: ['endpoint', name, from, to, sloMs, minQuality, apiPrice, against],
    queryFn: ({ signal }) => fetchEndpoint(name, state, signal),
    placeholderData: keepPreviousData,
  });
  const receipt = query.data ?? null;
  return (
    <PageFrame
      page="Units"
      title={`${name}, endpoint`}
      window={state}
      shown={receipt && { from: receipt.from, to: receipt.to, extent: yearBefore(receipt.to) }}
      onWindow={change}
      keys={[]}
      isBusy={query.isFetching}
      status={receipt ? `Showing the receipt of ${name}.` : ''}
    >
      <p className="way-back">
        <Link href={unitsAddress()}>
          <span aria-hidden="true">← </span>All endpoints
        </Link>
      </p>
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={receipt !== null}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Loading the receipt…</h1>
          <GhostPanel title="Receipt" />
        </div>
      )}
      {receipt && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content receipt={receipt} state={state} change={change} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  receipt: EndpointReceipt;
  state: UnitsState;
  change: ChangeState<UnitsState>;
}>;

function Content({ receipt, state, change }: ContentProps) {
  const { size, apiSpend, currency, figures, serving } = receipt;
  return (
    <>
      {receipt.generated && <GeneratedBanner generated={receipt.generated} />}
      <h1 className="sentence">{receiptSentence(receipt)}</h1>
      <Verdict receipt={receipt} />
      <div className="pair tops">
        <div className="stack">
          <EndpointLines receipt={receipt} />
          <Buckets receipt={receipt} />
        </div>
        <Panel
          id="facts"
          title="How fast, how good, how busy"
          controls={
            <Judging
              key={`${state.sloMs}/${state.minQuality}`}
              state={state}
              scores={figures.quality.map(({ score }) => score)}
              onJudge={change}
            />
          }
        >
          <dl className="facts">
            {viewFacts(receipt).map(([term, text]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      </div>
      <History endpoint={receipt.endpoint} state={state} />
      {serving === 'self_hosted' && size && (
        <BreakEven endpoints={[size]} currency={currency} chosen={null} compared={state} onCompare={change} />
      )}
      <ApiSpend spend={apiSpend} currency={currency} />
      <EndpointParts receipt={receipt} />
      <Words receipt={receipt} />
    </>
  );
}

/** What loses money, and what the diagnosis says to do. */
function Verdict({ receipt: { figures, size } }: Readonly<{ receipt: EndpointReceipt }>) {
  if (figures.isLosingMoney) {
    return (
      <aside className="losing" aria-label="Loses money">
        <p>
          <strong>Loses money: each request costs more than it earns.</strong> More traffic loses more.
        </p>
      </aside>
    );
  }
  if (!size || size.serving === 'api') return null;
  const { text, tone } = diagnosisLook(size.diagnosis);
  return (
    <p className="sentence-notes">
      <strong className={tone === 'plain' ? undefined : tone}>{text}</strong>: {size.meaning}.
    </p>
  );
}

/** The same trend as on the page of all, of this endpoint; it fails alone. */
function History({ endpoint, state }: Readonly<{ endpoint: string; state: UnitsState }>) {
  const asked: UnitsState = {
    ...state,
    basis: 'allocated',
    endpoint,
    model: null,
    team: null,
    environment: null,
  };
  const { from, to, sloMs, minQuality } = state;
  const query = useQuery({
    queryKey: ['endpoint-units', endpoint, from, to, sloMs, minQuality],
    queryFn: ({ signal }) => fetchUnits(asked, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures
        />
      )}
      {query.isPending && <GhostPanel title="Day by day" />}
      {query.data && (
        <div className={query.isPlaceholderData ? 'history is-old' : 'history'}>
          <Trend report={query.data} csv={() => fetchUnitsCsv(asked)} />
          <Drivers report={query.data} />
        </div>
      )}
    </>
  );
}

function Buckets({ receipt }: Readonly<{ receipt: EndpointReceipt }>) {
  const rows = viewBuckets(receipt);
  if (rows === null) return null;
  return (
    <Panel id="buckets" title="Where its GPU time went" note={`GPU time alone, ${receipt.currency}`}>
      <BucketSplit lines={rows} />
    </Panel>
  );
}

/** Line by line what the command line says. */
function Words({ receipt }: Readonly<{ receipt: EndpointReceipt }>) {
  const { lines, row, from, to } = receipt;
  return (
    <Panel
      id="words"
      title="In words"
      note={`Each figure and where it comes from, ${formatWindow(from, to)}; as the command says it`}
      controls={
        <CsvButton
          what="Lines"
          fileName="tare-endpoint-lines.csv"
          csv={() =>
            toCsv(
              ['figure', 'what', 'source'],
              lines.map(({ figure, what, source }) => [figure, what, source]),
            )
          }
        />
      }
    >
      <Scroller label="The receipt in words">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className="number">
                Figure
              </th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ figure, what, source }) => (
              <tr key={`${what}/${source}`}>
                <th scope="row">{what}</th>
                <td className="number">{figure}</td>
                <td className="receipt-source">{source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <div className="unit-steps">
        <Command text={`tare explain "${row}"`} />
      </div>
    </Panel>
  );
}
