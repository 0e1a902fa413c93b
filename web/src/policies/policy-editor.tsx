import { Button, CopyButton } from '@mantine/core';
import type { UIEvent } from 'react';
import { useRef } from 'react';
import type { PolicyReadingReport } from '../../../src/app/results/policies.ts';
import { countOf } from '../format/quantity.ts';
import { Panel } from '../frame/panel.tsx';
import { saveFile } from '../frame/save-file.ts';
import { isShareable } from './policies-state.ts';
import { offsetOf, snippetOf } from './policies-view.ts';

type EditorProps = Readonly<{
  text: string;
  onText: (text: string) => void;
  onReset: () => void;
  /** `null` as long as nothing is known of the text. */
  reading: PolicyReadingReport | null;
  isReading: boolean;
  /** Where those in force stand. */
  path: string | null;
}>;

/** The policies as text, and what the reader of the server says of them. */
export function PolicyEditor({ text, onText, onReset, reading, isReading, path }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const goTo = (line: number, column: number): void => {
    const at = offsetOf(area.current?.value ?? '', line, column);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <Panel
      id="editor"
      title="Policies"
      note={`The policies of ${path ?? 'tare.yaml'}, to try others. This page never writes a file: copy what you want to keep into tare.yaml yourself.`}
      controls={
        <>
          <Button size="xs" variant="default" onClick={onReset}>
            Those in force
          </Button>
          <CopyButton value={snippetOf(text)}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy} aria-label="Copy the policies">
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button
            size="xs"
            variant="default"
            onClick={() => saveFile('policies.yaml', snippetOf(text), 'application/yaml')}
            aria-label="Download the policies"
          >
            Download
          </Button>
        </>
      }
    >
      <NumberedText text={text} onText={onText} areaRef={area} mistakes={reading?.mistakes ?? []} />
      <div id="policy-mistakes" className="policy-said" role="status">
        {said(reading, isReading)}
        {!isShareable(text) && (
          <p className="quiet">This is too long for a link: whoever opens the address sees those in force.</p>
        )}
      </div>
      {reading && reading.mistakes.length > 0 && (
        <ul className="mistakes">
          {reading.mistakes.map(({ line, column, message, remedy }) => (
            <li key={`${line}:${column} ${message}`}>
              <button type="button" className="mistake-place" onClick={() => goTo(line, column)}>
                line {line}, column {column}
              </button>{' '}
              <span className="bad">{message}</span>
              <span className="row-note">{remedy}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function said(reading: PolicyReadingReport | null, isReading: boolean) {
  if (reading === null) return <p className="quiet">{isReading ? 'Reading…' : ''}</p>;
  const { policies, mistakes } = reading;
  if (mistakes.length > 0)
    return <p className="bad">{countOf(mistakes.length, 'mistake')}: nothing is judged until it is right.</p>;
  return <p className="quiet">{countOf(policies.length, 'policy', 'policies')} understood.</p>;
}

type TextProps = Readonly<{
  text: string;
  onText: (text: string) => void;
  areaRef: { current: HTMLTextAreaElement | null };
  mistakes: PolicyReadingReport['mistakes'];
}>;

const FEWEST_LINES = 8;
const MOST_LINES = 28;

/** A plain text area; the numbers beside it are for the eye alone. */
function NumberedText({ text, onText, areaRef, mistakes }: TextProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split('\n').length;
  const wrong = new Set(mistakes.map(({ line }) => line));
  const follow = (event: UIEvent<HTMLTextAreaElement>): void => {
    if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
  };
  return (
    <div className="numbered">
      <div className="gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its number
          <span key={index} data-wrong={wrong.has(index + 1) || undefined}>
            {index + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={areaRef}
        aria-label="Policies as YAML"
        aria-describedby="policy-mistakes"
        aria-invalid={mistakes.length > 0}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onScroll={follow}
        rows={Math.min(MOST_LINES, Math.max(FEWEST_LINES, lines + 1))}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
      />
    </div>
  );
}
