import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { lazy, useMemo, useState } from 'react';
import type { EndpointFigures } from '../../../src/app/results/inference.ts';
import { toCsv } from '../format/csv.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { KeyedChart } from '../frame/keyed-chart.tsx';
import type { ChartLook } from '../frame/look-switch.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { useScheme } from '../frame/use-scheme.ts';
import type { BreakEvenView } from './break-even-view.ts';
import { comparable, curveText, viewBreakEven } from './break-even-view.ts';
import type { JudgedState } from './units-state.ts';
import { WELL_KNOWN } from './units-state.ts';

const BreakEvenChart = lazy(() => import('./break-even-chart.tsx'));

type BreakEvenProps = Readonly<{
  endpoints: readonly EndpointFigures[];
  currency: string;
  /** Whose curve is drawn; `null`: the dearest. */
  chosen: string | null;
  onChoose?: (endpoint: string) => void;
  compared: ComparedWith;
  onCompare: (compared: ComparedWith) => void;
}>;

type ComparedWith = Pick<JudgedState, 'apiPrice' | 'against'>;

/** Self-host or buy: what a thousand requests cost on servers of one's own by how much is asked, against prices of APIs. */
export function BreakEven({ endpoints, currency, chosen, onChoose, compared, onCompare }: BreakEvenProps) {
  const choices = comparable(endpoints);
  const endpoint = choices.find((one) => one.endpoint === chosen) ?? choices[0];
  const view = useMemo(() => (endpoint ? viewBreakEven(endpoint, currency) : null), [endpoint, currency]);
  const [look, setLook] = useState<ChartLook>('chart');
  return (
    <Panel
      id="break-even"
      title="Self-host or API"
      note="On the allocated basis: idle hours are paid too. The endpoint is taken as it stands; the busiest slot seen is what it can do."
      controls={
        view && (
          <>
            <LookSwitch what="Break-even" look={look} onLook={setLook} />
            <CsvButton
              what="Break-even"
              fileName={`tare-break-even-${view.endpoint.replaceAll('/', '-')}.csv`}
              csv={() => breakEvenCsv(endpoint!, currency)}
            />
          </>
        )
      }
    >
      <div className="filters">
        {onChoose && choices.length > 1 && (
          <NativeSelect
            size="xs"
            label="Endpoint"
            value={endpoint?.endpoint ?? ''}
            onChange={(event) => onChoose(event.currentTarget.value)}
            data={choices.map((one) => one.endpoint)}
          />
        )}
        <ComparedInputs
          key={`${compared.apiPrice}/${compared.against}`}
          compared={compared}
          onCompare={onCompare}
        />
      </div>
      {view === null ? (
        <p className="quiet">
          There is nothing to compare: no endpoint of one's own with a known cost and counted tokens. An API
          is paid by the token.
        </p>
      ) : (
        <>
          <p className="drivers-lead">{view.sentence}</p>
          {look === 'table' ? (
            <CurveTable view={view} currency={currency} />
          ) : (
            <CurvePicture view={view} currency={currency} />
          )}
          <ApiTable view={view} currency={currency} />
        </>
      )}
    </Panel>
  );
}

/** Models by their published prices, or a price. Asked when it is handed in, not with each key. */
function ComparedInputs({ compared, onCompare }: Pick<BreakEvenProps, 'compared' | 'onCompare'>) {
  const [models, setModels] = useState(compared.against === WELL_KNOWN ? '' : compared.against);
  const [price, setPrice] = useState(compared.apiPrice ?? '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onCompare({ against: models.trim() || WELL_KNOWN, apiPrice: price.trim() || null });
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <TextInput
        size="xs"
        label="Against these models"
        placeholder="well-known ones"
        value={models}
        onChange={(event) => setModels(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label="or a price per 1M, in/out"
        placeholder="3/15"
        value={price}
        onChange={(event) => setPrice(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit">
        Compare
      </Button>
    </form>
  );
}

type ViewProps = Readonly<{ view: BreakEvenView; currency: string }>;

function CurvePicture({ view, currency }: ViewProps) {
  const scheme = useScheme();
  const [selected, setSelected] = useState<number | null>(null);
  const point = selected === null ? undefined : view.curve[selected];
  return (
    <>
      <KeyedChart
        className="even-chart"
        label={`Cost of 1,000 requests of ${view.endpoint} by traffic. Left and right arrow keys move along the curve.`}
        describedBy="break-even-summary"
        pointCount={view.curve.length}
        selected={selected}
        onSelect={setSelected}
        textOf={(index) => curveText(view.curve[index]!)}
      >
        <BreakEvenChart
          view={view}
          currency={currency}
          scheme={scheme}
          selected={selected}
          onPoint={setSelected}
        />
      </KeyedChart>
      <p className="hours-readout">
        {point ? curveText(point) : 'Point at the curve, or use the arrow keys.'}
      </p>
      <p className="visually-hidden" id="break-even-summary">
        {view.summary}
      </p>
    </>
  );
}

function CurveTable({ view, currency }: ViewProps) {
  return (
    <Scroller label={`Table of the curve, ${currency}`} className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Requests an hour</th>
            <th scope="col" className="number">
              Of the busiest
            </th>
            <th scope="col" className="number">
              Own, per 1,000
            </th>
          </tr>
        </thead>
        <tbody>
          {[...view.curve, view.current].map((point, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the points are fixed, and the last is where it stands
            <tr key={index} data-whole={index === view.curve.length || undefined}>
              <th scope="row">
                {point.rate}
                {index === view.curve.length && ' (now)'}
              </th>
              <td className="number">{point.share}</td>
              <td className="number" title={point.exact}>
                {point.own}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function ApiTable({ view, currency }: ViewProps) {
  return (
    <Scroller label={`APIs compared with, ${currency}`}>
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">API</th>
            {['Per 1,000', 'Even at, requests/h', 'Of the busiest'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
            <th scope="col">Cheaper now</th>
          </tr>
        </thead>
        <tbody>
          {view.apis.map((api) => (
            <tr key={api.name}>
              <th scope="row">
                {api.name}
                {api.reference && <span className="row-note">{api.reference}</span>}
              </th>
              <td className="number" title={api.exact}>
                {api.price}
              </td>
              <td className="number">{api.evenAt}</td>
              <td className="number">{api.evenShare}</td>
              <td>{api.cheaper}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function breakEvenCsv({ breakEven, comparisons }: EndpointFigures, currency: string): string {
  const [own] = [...(breakEven ? [breakEven] : []), ...comparisons];
  const apis = [...(breakEven ? [{ ...breakEven, model: 'stated price' }] : []), ...comparisons];
  return toCsv(
    [
      'requestsPerHour',
      'utilisation',
      'ownPer1kRequests',
      ...apis.map(({ model }) => `${model} per1kRequests`),
      'currency',
    ],
    [...(own?.curve ?? []), ...(own ? [own.current] : [])].map((point) => [
      point.requestsPerHour,
      point.utilisation,
      point.selfHostedPer1kRequests,
      ...apis.map(({ apiCostPer1kRequests }) => apiCostPer1kRequests),
      currency,
    ]),
  );
}
