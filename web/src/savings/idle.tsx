import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LeversReport } from '../../../src/app/results/levers.ts';
import type { IdleReport } from '../../../src/app/results/results.ts';
import { fetchIdle } from '../api/fetch-levers.ts';
import { problemFrom } from '../api/problem.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { countOf, formatGpuHours } from '../format/quantity.ts';
import { Bars, SeriesName } from '../frame/bars.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Failure } from '../frame/failure.tsx';
import { Figure } from '../frame/figure.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { CAUSE_LOOKS } from './causes.ts';
import type { SavingsState } from './savings-state.ts';
import { idleCsv, viewCauses, viewIdleDays, viewIdleDevices } from './savings-views.ts';

type IdleProps = Readonly<{
  report: LeversReport;
  state: SavingsState;
  change: ChangeState<SavingsState>;
}>;

/** Why paid time did nothing: what stood still while others waited first, then day by day, or device by device. */
export function Idle({ report, state, change }: IdleProps) {
  const byCause = useIdle(['cause'], state);
  const byDay = useIdle(['cause', 'day'], state, state.idle === 'day');
  const byDevice = useIdle(['device'], state, state.idle === 'device');
  const detail = state.idle === 'day' ? byDay : byDevice;
  const failed = [byCause, detail].find(({ isError }) => isError);
  return (
    <Panel
      id="idle"
      title="Why paid time stood still"
      note="GPU-hours that were held without a kernel, or held by nobody. Idle while others queued stands first."
      controls={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Idle time by"
            value={state.idle}
            onChange={(value) => change({ idle: value === 'device' ? 'device' : 'day' })}
            data={[
              { value: 'day', label: 'By day' },
              { value: 'device', label: 'By device' },
            ]}
          />
          <LookSwitch what="Idle time" look={state.look} onLook={(look) => change({ look })} />
          {detail.data && (
            <CsvButton
              what="Idle time"
              fileName={`tare-idle-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
              csv={() => idleCsv(detail.data!)}
            />
          )}
        </>
      }
    >
      {failed && (
        <Failure
          problem={problemFrom(failed.error)}
          onRetry={() => failed.refetch()}
          isRetrying={failed.isFetching}
          isBesideFigures
        />
      )}
      <Waited report={report} />
      {byCause.data && <Causes report={byCause.data} />}
      {state.idle === 'day'
        ? byDay.data && byCause.data && <IdleDays days={byDay.data} whole={byCause.data} look={state.look} />
        : byDevice.data && <IdleDevices report={byDevice.data} look={state.look} />}
      {!detail.data && !detail.isError && <div className="ghost bars-chart" />}
    </Panel>
  );
}

/** Asked for while the levers are still on their way: the server reads the same hours for both. */
export function useIdle(by: readonly string[], state: SavingsState, isWanted = true) {
  return useQuery({
    queryKey: ['idle', by, state.from, state.to],
    queryFn: ({ signal }) => fetchIdle(by, state, signal),
    placeholderData: keepPreviousData,
    enabled: isWanted,
  });
}

/** Called out before everything else: somebody asked, and paid time did nothing. */
function Waited({ report: { whileOthersWaited, currency } }: Readonly<{ report: LeversReport }>) {
  if (whileOthersWaited === null || whileOthersWaited.gpuHours === 0) return null;
  const { gpuHours, cost, runs, heldBackByQuota } = whileOthersWaited;
  return (
    <p className="hint">
      <span>
        <strong>
          {formatGpuHours(gpuHours)} for{' '}
          <Figure text={formatMoney(cost, currency, 2)} exact={exactMoney(cost, currency)} /> did nothing
          while runs were queued.
        </strong>{' '}
        {countOf(runs, 'run')} waited at some time in this window. It is at most what they could have used:
        not all of it would have fitted.
        {heldBackByQuota.gpuHours > 0 &&
          ` ${formatGpuHours(heldBackByQuota.gpuHours)} of it, for ${formatMoney(heldBackByQuota.cost, currency, 2)}, was free while a quota without room held work back.`}
      </span>
    </p>
  );
}

function Causes({ report }: Readonly<{ report: IdleReport }>) {
  return (
    <Scroller label="Table of causes">
      <table className="grid causes">
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col" className="number">
              GPU-hours
            </th>
            <th scope="col" className="number">
              Share
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {viewCauses(report).map(({ cause, name, hours, share, cost, exact, meaning }) => (
            <tr key={cause} data-first={cause === 'did-not-fit' || undefined}>
              <th scope="row">
                <CauseName cause={cause} name={name} />
              </th>
              <td className="number">{hours}</td>
              <td className="number">{share}</td>
              <td className="number">
                <Figure text={cost} exact={exact} />
              </td>
              <td className="quiet">{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function CauseName({ cause, name }: Readonly<{ cause: string; name: string }>) {
  const look = CAUSE_LOOKS.find((one) => one.cause === cause);
  return look ? <SeriesName series={{ ...look, name }} /> : name;
}

type IdleDaysProps = Readonly<{ days: IdleReport; whole: IdleReport; look: SavingsState['look'] }>;

function IdleDays({ days, whole, look }: IdleDaysProps) {
  const view = useMemo(() => viewIdleDays(days, whole), [days, whole]);
  return <Bars id="idle-days" view={view} look={look} />;
}

function IdleDevices({ report, look }: Readonly<{ report: IdleReport; look: SavingsState['look'] }>) {
  const view = useMemo(() => viewIdleDevices(report), [report]);
  return <Bars id="idle-devices" view={view} look={look} />;
}
