import { Button, NativeSelect, Switch } from '@mantine/core';
import type { ChangeState } from '../state/use-page-state.ts';
import type { PlanState } from './plan-state.ts';

type LimitsProps = Readonly<{ state: PlanState; change: ChangeState<PlanState> }>;

/** What the plan must not do. All of it goes into the address. */
export function Limits({ state, change }: LimitsProps) {
  return (
    <section className="panel limits" aria-label="Limits of the plan">
      <div className="filters">
        <Switch
          size="xs"
          label="No spot"
          checked={state.noSpot}
          onChange={(event) => change({ noSpot: event.currentTarget.checked })}
        />
        <Switch
          size="xs"
          label="No quality risk"
          checked={state.noQualityRisk}
          onChange={(event) => change({ noQualityRisk: event.currentTarget.checked })}
        />
        <NativeSelect
          size="xs"
          label="Committed at most"
          value={state.maxCommitted === null ? '' : String(state.maxCommitted)}
          onChange={(event) => {
            const percent = event.currentTarget.value;
            change({ maxCommitted: percent === '' ? null : Number(percent) });
          }}
          data={[
            { value: '', label: 'no limit' },
            ...committedChoices(state.maxCommitted).map((percent) => ({
              value: String(percent),
              label: `${percent} % of the GPU-hours`,
            })),
          ]}
        />
        <NativeSelect
          size="xs"
          label="Demand"
          value={state.growth ?? ''}
          onChange={(event) => change({ growth: event.currentTarget.value || null })}
          data={growthChoices(state.growth)}
        />
      </div>
      {state.without.length > 0 && (
        <ul className="chosen" aria-label="Not wanted">
          {state.without.map((id) => (
            <li key={id}>
              <button
                type="button"
                className="chip"
                aria-label={`Allow ${id} again`}
                onClick={() => change({ without: state.without.filter((one) => one !== id) })}
              >
                <span className="quiet">without</span> {id}
                <span aria-hidden="true"> ×</span>
              </button>
            </li>
          ))}
          <li>
            <Button size="xs" variant="default" onClick={() => change({ without: [] })}>
              Allow all
            </Button>
          </li>
        </ul>
      )}
    </section>
  );
}

/** Of an address that somebody wrote, too. */
function committedChoices(chosen: number | null): readonly number[] {
  const usual = [0, 10, 20, 40, 60, 80];
  return chosen === null || usual.includes(chosen) ? usual : [...usual, chosen].sort((a, b) => a - b);
}

function growthChoices(chosen: string | null) {
  const usual = ['-3%', '3%', '5%', '10%'];
  const stated =
    chosen === null || chosen === 'history' || usual.includes(chosen) ? usual : [...usual, chosen];
  return [
    { value: '', label: 'stays as it is' },
    { value: 'history', label: 'goes on as in its history' },
    ...stated.map((share) => ({
      value: share,
      label: `${share.startsWith('-') ? 'falls' : 'grows'} by ${share.replace('-', '')} a month`,
    })),
  ];
}
