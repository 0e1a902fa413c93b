import { Button } from '@mantine/core';
import type { FormEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { SimulatorField, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { startSimulation } from '../api/fetch-simulations.ts';
import type { Problem } from '../api/problem.ts';
import { problemFrom } from '../api/problem.ts';
import { pathBelow } from '../frame/page-list.ts';
import { Panel } from '../frame/panel.tsx';
import { goTo } from '../state/place.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { FormField } from './form-field.tsx';
import { isReplayed, orderFor, problemsOf } from './order.ts';
import { Sources } from './sources.tsx';
import { givenTrace } from './trace-memory.ts';
import type { WhatIfState } from './what-if-state.ts';
import { fieldValue, withValue, writeWhatIfState } from './what-if-state.ts';

type FormProps = Readonly<{ form: SimulatorForm; state: WhatIfState; change: ChangeState<WhatIfState> }>;

/** The parameters of a simulator; what is wrong stands beside the field, before it is sent and after. */
export function SimulatorFormPanel({ form, state, change }: FormProps) {
  const [isTried, setTried] = useState(false);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [refusals, setRefusals] = useState(0);
  const element = useRef<HTMLFormElement>(null);
  // After the messages are on the page, however long that takes.
  useEffect(() => {
    if (refusals > 0) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);
  const traces = (file: string) => givenTrace(form.name, file);
  const own = problemsOf(form, state, traces, isTried);
  const theirs = new Map(problem?.fields?.map(({ field, message }) => [field, message]));
  const problemOf = (name: string) => own.get(name) ?? theirs.get(name) ?? null;

  const refuse = (): void => setRefusals((count) => count + 1);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setProblem(null);
    if (problemsOf(form, state, traces, true).size > 0) return refuse();
    setSending(true);
    try {
      const { id } = await startSimulation(orderFor(form, state, traces));
      goTo(
        `${pathBelow('What if', id)}${writeWhatIfState({ ...state, simulator: form.name, beside: null })}`,
      );
    } catch (error) {
      setProblem(problemFrom(error));
      setSending(false);
      refuse();
    }
  };

  const set = (field: SimulatorField, value: string): void => {
    setProblem(null);
    change({ simulator: form.name, parameters: withValue(field, value, state) }, 'typing');
  };

  return (
    <Panel
      id="form"
      title={form.title}
      note="Blank fields are left to the simulator. What is set stands in the address of this page."
    >
      <form ref={element} onSubmit={submit} noValidate className="simulator-form">
        <Sources
          form={form}
          state={state}
          change={change}
          problemOf={problemOf}
          onTrace={() => setProblem(null)}
        />
        {groupsOf(form, state).map(([group, fields]) => (
          <fieldset key={group}>
            <legend>{group}</legend>
            <div className="form-fields">
              {fields.map((field) => (
                <FormField
                  key={field.name}
                  field={field}
                  value={fieldValue(field, state)}
                  problem={problemOf(field.name)}
                  onChange={(value) => set(field, value)}
                />
              ))}
            </div>
          </fieldset>
        ))}
        {problem && (
          <div className="failure" role="alert">
            <h3>{problem.fields ? 'Some fields cannot be used' : problem.title}</h3>
            {problem.detail && !problem.fields && <p>{problem.detail}</p>}
            {problem.fields?.map(({ field, message }) => (
              <p key={`${field}/${message}`}>
                <strong>{labelOf(form, field)}</strong>: {message}
              </p>
            ))}
            <p>
              <strong>What to do:</strong> {problem.remedy}
            </p>
          </div>
        )}
        <p className="form-end">
          <Button type="submit" size="sm" loading={isSending}>
            Run the simulation
          </Button>
          <span className="note">
            It goes on when you leave the page, and is found below and by its address.
          </span>
        </p>
      </form>
    </Panel>
  );
}

/** Names of columns are about traces that are given; those of the history are ours. */
function groupsOf(
  form: SimulatorForm,
  state: WhatIfState,
): readonly (readonly [string, readonly SimulatorField[]])[] {
  const groups = new Map<string, SimulatorField[]>();
  const fields = form.fields.filter(({ name }) => name !== 'map' || !isReplayed(form, state));
  for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  return [...groups];
}

function labelOf({ fields, files, history }: SimulatorForm, name: string): string {
  if (name === 'about') return history?.about ?? name;
  return [...fields, ...files].find((one) => one.name === name)?.label ?? name;
}
