// biome-ignore-all lint/a11y/noRedundantRoles: rows are laid out as grids, and a changed `display` takes a table its meaning in some browsers
import type { Overview } from '../../../src/app/results/results.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import { LOSSES } from '../buckets/buckets.ts';
import { formatPercent } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import type { FunnelRow, Loss } from './funnel-view.ts';
import { viewFunnel } from './funnel-view.ts';
import { basisText } from './health-view.ts';

/** From what was paid for to what did useful work, and what is lost on the way. */
export function Funnel({ overview }: Readonly<{ overview: Overview }>) {
  const rows = viewFunnel(overview);
  const { observed, basis } = overview.health.coverage;
  return (
    <Panel id="funnel" title="From paid to productive" note={basisText(basis)} className="funnel-panel">
      {observed === 0 && <NoUsage />}
      <table className="funnel" role="table" aria-label="GPU time paid for, by how far it got">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" className="funnel-step">
              Step
            </th>
            <th role="columnheader" scope="col" className="funnel-cost">
              Cost
            </th>
            <th role="columnheader" scope="col" className="funnel-hours">
              GPU-hours
            </th>
            <th role="columnheader" scope="col" className="funnel-share">
              Of paid
            </th>
            <th role="columnheader" scope="col" className="visually-hidden">
              Lost on the way here
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <FunnelLine key={row.step} row={row} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function FunnelLine({ row }: Readonly<{ row: FunnelRow }>) {
  return (
    <tr role="row" data-step={row.step}>
      <th role="rowheader" scope="row" className="funnel-step">
        <span className="funnel-name">{row.step}</span>
        <span className="funnel-meaning">{row.meaning}</span>
        <Bar row={row} />
      </th>
      <td role="cell" className="funnel-cost">
        <Figure text={row.cost} exact={row.exactCost} />
      </td>
      <td role="cell" className="funnel-hours">
        {row.hours}
      </td>
      <td role="cell" className="funnel-share">
        {formatPercent(row.fraction)}
      </td>
      <td role="cell" className="funnel-loss">
        {row.loses && <LossText loses={row.loses} />}
      </td>
    </tr>
  );
}

function LossText({ loses }: Readonly<{ loses: Loss }>) {
  return (
    <>
      <BucketName bucket={loses.bucket} />
      {loses.isNothing ? (
        <span>nothing</span>
      ) : (
        <span>
          {loses.cost && (
            <>
              −<Figure text={loses.cost} exact={loses.exactCost} />
              {' · '}
            </>
          )}
          {loses.hours}
          {' · '}
          {formatPercent(loses.fraction)}
        </span>
      )}
    </>
  );
}

function Bar({ row }: Readonly<{ row: FunnelRow }>) {
  return (
    <span className="bar" aria-hidden="true">
      <span
        className={row.step === 'productive' ? 'bar-kept bucket-fill' : 'bar-kept'}
        data-bucket={row.step === 'productive' ? 'productive' : undefined}
        style={{ width: percent(row.fraction ?? 0) }}
      />
      {row.loses && row.loses.fraction > 0 && (
        <span
          className="bar-lost bucket-fill"
          data-bucket={row.loses.bucket}
          style={{ width: percent(row.loses.fraction) }}
        />
      )}
    </span>
  );
}

/** Capacity is known, utilisation is not: which commands would make it visible. */
function NoUsage() {
  return (
    <div className="hint" role="note">
      <p>
        <strong>Capacity is known, utilisation is not.</strong> Nothing measured these GPUs in this window, so
        that all of their time is {LOSSES[0]}.
      </p>
      <p>Kubernetes, Docker or Slurm with the DCGM exporter: name your Prometheus server, then collect.</p>
      <Command text="tare init" />
      <p>A plain Linux server:</p>
      <Command text="nvidia-smi --query-gpu=timestamp,uuid,name,utilization.gpu,memory.used --format=csv -l 30 > gpus.csv" />
      <Command text="tare import gpus.csv --kind nvidia-smi" />
    </div>
  );
}

function percent(fraction: number): string {
  return `${Math.min(100, Math.max(0, fraction * 100)).toFixed(3)}%`;
}
