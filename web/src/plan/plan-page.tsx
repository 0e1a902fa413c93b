import { Button } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { BillPlan } from '../../../src/app/results/plan.ts';
import { fetchPlan } from '../api/fetch-plan.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Cards } from '../frame/cards.tsx';
import { Command } from '../frame/command.tsx';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { Commitments } from './commitments.tsx';
import { Held } from './held.tsx';
import { Limits } from './limits.tsx';
import { NotCounted } from './not-counted.tsx';
import type { PlanState } from './plan-state.ts';
import { readPlanState, writePlanState } from './plan-state.ts';
import { viewPlanCards } from './plan-view.ts';
import { Taken } from './taken.tsx';
import { Waterfall } from './waterfall.tsx';
import { type Weighing, WeighingBar } from './weighing.tsx';

const PLAN_STATE = { read: readPlanState, write: writePlanState };

/** What to do first, what it is worth together, and whether what was done came true. */
export default function PlanPage() {
  const [state, change] = usePageState(PLAN_STATE);
  const { open: _, ...asked } = state;
  const [weighing, setWeighing] = useState<Weighing | null>(null);
  const client = useQueryClient();
  const key = ['plan', asked];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => {
      const startedMs = performance.now();
      setWeighing(null);
      return fetchPlan(state, signal, (steps) =>
        setWeighing({ ...steps, startedMs, atMs: performance.now() }),
      );
    },
    placeholderData: keepPreviousData,
    // It replays weeks of history under many plans; nothing moves while the page is looked at.
    staleTime: 300_000,
  });
  const plan = query.data ?? null;
  const isStopped = !query.isFetching && !query.isError && (plan === null || query.isPlaceholderData);
  const again = (
    <Button size="xs" onClick={() => void query.refetch()}>
      Weigh plans
    </Button>
  );
  const window = plan && formatWindow(plan.from, plan.to);
  return (
    <PageFrame
      page="Plan"
      title={window ? `Plan, ${window}` : 'Plan'}
      window={state}
      shown={plan && { from: plan.from, to: plan.to, extent: yearBefore(plan.to) }}
      onWindow={change}
      keys={useKeyActions(state, change)}
      isBusy={query.isFetching}
      status={plan ? plan.sentence : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={plan !== null}
        />
      )}
      {query.isPending && query.isFetching && (
        <div className="loading">
          <h1 className="sentence">Weighing plans on your own history…</h1>
          <WeighingBar weighing={weighing} onCancel={() => void client.cancelQueries({ queryKey: key })} />
          <GhostPanel title="From today's bill to the planned one" />
        </div>
      )}
      {isStopped && plan === null && (
        <div className="figures">
          <h1 className="sentence">Stopped; nothing was weighed, and nothing was changed.</h1>
          {again}
        </div>
      )}
      {plan && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          {isStopped && <p>Stopped; what follows is the plan before. {again}</p>}
          {query.isPlaceholderData && query.isFetching && (
            <WeighingBar weighing={weighing} onCancel={() => void client.cancelQueries({ queryKey: key })} />
          )}
          <Content plan={plan} state={state} change={change} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{ plan: BillPlan; state: PlanState; change: ChangeState<PlanState> }>;

function Content({ plan, state, change }: ContentProps) {
  if (plan.period.days === 0) return <NoHistory plan={plan} />;
  return (
    <>
      <h1 className="sentence">{plan.sentence}</h1>
      <Cards cards={viewPlanCards(plan)} />
      <Limits state={state} change={change} />
      <Waterfall plan={plan} state={state} change={change} />
      <p className="note">The changes as files, and what to buy as a list:</p>
      <Command text="tare plan --emit plan/" />
      <Held plan={plan} state={state} />
      <Commitments plan={plan} />
      <NotCounted plan={plan} />
      <Taken />
    </>
  );
}

/** Without history nothing was replayed: no saving of zero. */
function NoHistory({ plan }: Readonly<{ plan: BillPlan }>) {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">{plan.sentence}</h1>
      <p>
        A plan is weighed on what machines did and what they cost. Bring that, or choose a window that has
        some:
      </p>
      <Command text="tare import bill.parquet --kind focus" />
      <Command text="tare init" />
    </section>
  );
}

function useKeyActions(state: PlanState, change: ChangeState<PlanState>): readonly KeyAction[] {
  return useMemo(
    () => [
      { key: 's', what: 'with or without spot', run: () => change({ noSpot: !state.noSpot }) },
      {
        key: 'q',
        what: 'with or without quality risk',
        run: () => change({ noQualityRisk: !state.noQualityRisk }),
      },
    ],
    [state.noSpot, state.noQualityRisk, change],
  );
}
