import { Button, NativeSelect, SegmentedControl, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ChangeEvent, ReactNode } from 'react';
import { useState } from 'react';
import type { SimulatorFile, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { fetchHistoryChoices, fetchHistoryTraces } from '../api/fetch-simulations.ts';
import { problemFrom } from '../api/problem.ts';
import { hoursText } from '../format/quantity.ts';
import { saveFile } from '../frame/save-file.ts';
import { WindowPicker } from '../frame/window-picker.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { filesToGive, isReplayed } from './order.ts';
import { givenTrace, keepTrace } from './trace-memory.ts';
import type { WhatIfState } from './what-if-state.ts';

type SourcesProps = Readonly<{
  form: SimulatorForm;
  state: WhatIfState;
  change: ChangeState<WhatIfState>;
  problemOf: (name: string) => string | null;
  onTrace: () => void;
}>;

/** What is replayed: the fleet's own history where the ledger has it, or a trace that is given. */
export function Sources({ form, state, change, problemOf, onTrace }: SourcesProps) {
  const files = filesToGive(form, state);
  if (form.history === null && files.length === 0) return null;
  return (
    <fieldset>
      <legend>What is replayed</legend>
      {form.history && (
        <SegmentedControl
          size="xs"
          className="source-switch"
          aria-label="What is replayed"
          value={state.source}
          onChange={(value) =>
            change({ simulator: form.name, source: value === 'trace' ? 'trace' : 'history' })
          }
          data={[
            { value: 'history', label: 'Own history' },
            { value: 'trace', label: 'A trace' },
          ]}
        />
      )}
      {isReplayed(form, state) && (
        <History form={form} state={state} change={change} problem={problemOf('about')} />
      )}
      {files.map((file) => (
        <Folded key={file.name} file={file} isOpen={givenTrace(form.name, file.name) !== null}>
          <TraceInput simulator={form.name} file={file} problem={problemOf(file.name)} onTrace={onTrace} />
        </Folded>
      ))}
    </fieldset>
  );
}

type FoldedProps = Readonly<{ file: SimulatorFile; isOpen: boolean; children: ReactNode }>;

/** What is not needed stays out of the way until it is wanted. */
function Folded({ file, isOpen, children }: FoldedProps) {
  if (file.isRequired) return children;
  return (
    <details className="trace-columns" open={isOpen}>
      <summary>{file.label}, optional</summary>
      {children}
    </details>
  );
}

type HistoryProps = Readonly<{
  form: SimulatorForm;
  state: WhatIfState;
  change: ChangeState<WhatIfState>;
  problem: string | null;
}>;

function History({ form, state, change, problem }: HistoryProps) {
  const { about, help, isAboutRequired } = form.history!;
  const window = { from: state.from, to: state.to };
  const query = useQuery({
    queryKey: ['history', form.name, state.from, state.to],
    queryFn: ({ signal }) => fetchHistoryChoices(form.name, window, signal),
  });
  const choices = query.data?.choices ?? [];
  const first = isAboutRequired ? `choose one of ${choices.length}` : 'all';
  return (
    <div className="history">
      <div className="history-window">
        <span className="field-label">Window</span>
        <WindowPicker
          state={window}
          shown={query.data ? { from: query.data.from, to: query.data.to, extent: null } : null}
          onChange={(next) => change({ simulator: form.name, ...next })}
          selectRef={null}
        />
      </div>
      <NativeSelect
        size="xs"
        label={about.charAt(0).toUpperCase() + about.slice(1)}
        error={problem ?? (query.isError ? problemFrom(query.error).detail : null)}
        value={state.about ?? ''}
        disabled={query.isPending}
        onChange={(event) => change({ simulator: form.name, about: event.currentTarget.value || null })}
        data={[
          { value: '', label: query.isPending ? 'loading…' : first },
          ...withChosen(choices, state.about).map((choice) => ({
            value: choice.about,
            label:
              choice.gpuHours === null
                ? choice.about
                : `${choice.about} (${hoursText(choice.gpuHours)} GPU-h)`,
          })),
        ]}
      />
      <p className="note history-note">
        {help} <KeepTraces form={form} state={state} />
      </p>
      {query.isSuccess && choices.length === 0 && (
        <p className="hint">
          <span>
            This window has no {about} whose history could be replayed. Choose another window, or give a
            trace.
          </span>
        </p>
      )}
    </div>
  );
}

/** A link may name what this window does not have. */
function withChosen(
  choices: readonly Readonly<{ about: string; gpuHours: number }>[],
  chosen: string | null,
): readonly Readonly<{ about: string; gpuHours: number | null }>[] {
  if (chosen === null || choices.some(({ about }) => about === chosen)) return choices;
  return [...choices, { about: chosen, gpuHours: null }];
}

/** The same files for the command line. */
function KeepTraces({ form, state }: Readonly<{ form: SimulatorForm; state: WhatIfState }>) {
  const [failure, setFailure] = useState<string | null>(null);
  const onClick = async (): Promise<void> => {
    setFailure(null);
    try {
      const { signal } = new AbortController();
      const { traces } = await fetchHistoryTraces(form.name, state, state.about, signal);
      for (const { fileName, text } of traces) saveFile(fileName, text, 'text/csv');
    } catch (error) {
      const { title, detail } = problemFrom(error);
      setFailure(detail ?? title);
    }
  };
  const isMissing = form.history!.isAboutRequired && state.about === null;
  return (
    <>
      <button type="button" className="link-button" onClick={onClick} disabled={isMissing}>
        Save it as a trace
      </button>
      {failure && (
        <span className="field-error" role="alert">
          {' '}
          {failure}
        </span>
      )}
    </>
  );
}

type TraceInputProps = Readonly<{
  simulator: string;
  file: SimulatorFile;
  problem: string | null;
  onTrace: () => void;
}>;

const MOST_BYTES = 8_000_000;
/** A longer text would only make the page slow; it is taken whole all the same. */
const SHOWN_CHARACTERS = 200_000;

/** A file of this machine, its rows pasted, or a small example. */
export function TraceInput({ simulator, file, problem, onTrace }: TraceInputProps) {
  const { name, label, help, isRequired, format, columns, example } = file;
  const [given, setGiven] = useState(() => givenTrace(simulator, name));
  const [failure, setFailure] = useState<string | null>(null);
  const take = (trace: Readonly<{ fileName: string; text: string }> | null): void => {
    keepTrace(simulator, name, trace);
    setGiven(trace);
    setFailure(null);
    onTrace();
  };
  const ownName = `${name}.${format === 'json' ? 'json' : 'csv'}`;
  const onFile = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [chosen] = event.currentTarget.files ?? [];
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) {
      setFailure('At most 8 MB here; the command line has no such limit.');
      return;
    }
    take({ fileName: plainName(chosen.name, ownName), text: await chosen.text() });
  };
  const isLong = given !== null && given.text.length > SHOWN_CHARACTERS;
  return (
    <div className="trace">
      <Textarea
        size="xs"
        label={`${label} (${format === 'json' ? 'JSON' : 'CSV or JSON'}${isRequired ? '' : ', optional'})`}
        description={help}
        error={failure ?? problem}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
        required={isRequired}
        rows={5}
        spellCheck={false}
        value={isLong ? `${given.text.slice(0, 2_000)}\n…` : (given?.text ?? '')}
        readOnly={isLong}
        placeholder={example.slice(0, 300)}
        onChange={(event) => {
          const text = event.currentTarget.value;
          take(text === '' ? null : { fileName: given?.fileName ?? ownName, text });
        }}
      />
      <p className="trace-end">
        <label className="file-button">
          Choose a file
          <input
            type="file"
            onChange={onFile}
            className="visually-hidden"
            aria-label={`${label}: choose a file`}
          />
        </label>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => take({ fileName: ownName, text: example })}
          aria-label={`${label}: use the example`}
        >
          Use the example
        </Button>
        {given && (
          <>
            <span className="note">
              {given.fileName}, {given.text.length.toLocaleString('en-US')} characters
            </span>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => take(null)}
              aria-label={`${label}: take it away`}
            >
              Take it away
            </Button>
          </>
        )}
      </p>
      {columns.length > 0 && (
        <details className="trace-columns">
          <summary>Columns of {label.toLowerCase()}</summary>
          <dl className="facts">
            {columns.map((column) => (
              <div key={column.name}>
                <dt>
                  <code>{column.name}</code>
                  {column.isRequired && ' (needed)'}
                </dt>
                <dd className="wrap">{column.meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

function plainName(given: string, fallback: string): string {
  const plain = given.replaceAll(/[^\w.()+ -]/g, '-').slice(-100);
  return /^\w/.test(plain) ? plain : fallback;
}
