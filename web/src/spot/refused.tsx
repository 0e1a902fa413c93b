import { Button, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { SpotRefused } from '../../../src/app/results/spot.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { countOf, hoursText } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { asSentence } from '../savings/lever-names.ts';
import type { SpotPartProps } from './spot-part.ts';

/** What kept the rest from spot, counted and listed, and what to do about it. */
export function Refused({ report, state, change }: SpotPartProps) {
  const { refused, currency } = report;
  if (refused.length === 0) return null;
  return (
    <Panel
      id="spot-refused"
      title="Not on spot"
      note="and why; of the whole window, whatever is selected above"
    >
      <ul className="plain-list">
        {refused.map((one) => (
          <li key={one.verdict}>
            <strong>{asSentence(one.why)}</strong>:{' '}
            <Figure
              text={formatMoney(one.heldCost, currency, 2)}
              exact={exactMoney(one.heldCost, currency)}
            />{' '}
            for {hoursText(one.gpuHours)} GPU-hours of {countOf(one.workloads.length, 'workload')}
            <span className="quiet"> ({one.workloads.join(', ')})</span>
            <Remedy refused={one} />
          </li>
        ))}
      </ul>
      {(refused.some(({ verdict }) => verdict === 'no-price') || Object.keys(state.prices).length > 0) && (
        <AskedPrice state={state} change={change} currency={currency} />
      )}
    </Panel>
  );
}

const REMEDIES: Readonly<Partial<Record<SpotRefused['verdict'], string>>> = {
  'no-checkpoint':
    'Let it write checkpoints, and tell Tare of them: runs of MLflow and of tare run do it by themselves.',
  deadline: 'A later deadline, a shorter checkpoint or a smaller gang brings it in.',
};

function Remedy({ refused }: Readonly<{ refused: SpotRefused }>) {
  const text = REMEDIES[refused.verdict];
  return text ? <span className="row-note">{text}</span> : null;
}

/** A price to ask about where no list has one. */
function AskedPrice({
  state,
  change,
  currency,
}: Omit<SpotPartProps, 'report'> & Readonly<{ currency: string }>) {
  const [gpuModel, setGpuModel] = useState('');
  const [price, setPrice] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (gpuModel.trim() === '' || !/^\d+(\.\d+)?$/.test(price.trim()) || Number(price) <= 0) {
      setProblem('Write a GPU and the price of its hour, such as H100-SXM5-80GB and 2.10.');
      return;
    }
    setProblem(null);
    change({ prices: { ...state.prices, [gpuModel.trim()]: price.trim() }, page: 1 });
  };
  return (
    <form className="asked-price" onSubmit={onSubmit}>
      <h3>Ask with a price of your own</h3>
      <div className="asked-price-fields">
        <TextInput
          size="xs"
          label="GPU"
          placeholder="H100-SXM5-80GB"
          value={gpuModel}
          onChange={(event) => setGpuModel(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={`${currency} a GPU-hour on spot`}
          placeholder="2.10"
          inputMode="decimal"
          value={price}
          onChange={(event) => setPrice(event.currentTarget.value)}
        />
        <Button size="xs" type="submit">
          Ask
        </Button>
      </div>
      {problem && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {Object.entries(state.prices).length > 0 && (
        <ul className="chosen" aria-label="Prices that are asked about">
          {Object.entries(state.prices).map(([model, asked]) => (
            <li key={model}>
              <button
                type="button"
                className="chip"
                aria-label={`Remove the price of ${model}`}
                onClick={() => {
                  const { [model]: _, ...prices } = state.prices;
                  change({ prices, page: 1 });
                }}
              >
                <span className="quiet">{model}</span> {asked}
                <span aria-hidden="true"> ×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p className="note">
        A price that stands under <code>prices.contracts</code> of <code>tare.yaml</code> is seen by plans as
        well. What lists have:
      </p>
      <Command text="tare prices --lifecycle spot" />
    </form>
  );
}
