import { createHash } from 'node:crypto';
import type { FactBatch, ScoreFact } from '../../domain/facts/facts.ts';
import { fileSource } from '../../files/file-source.ts';
import { openRows, readRows } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';

const BATCH_FACTS = 5_000;

const COLUMNS = [
  { name: 'name', isRequired: true, meaning: 'what is judged: helpfulness, hallucination, accuracy' },
  {
    name: 'value',
    isRequired: true,
    meaning: 'a number; true, yes and pass are 1, false, no and fail are 0',
  },
  {
    name: 'time',
    isRequired: true,
    meaning: 'when: ISO 8601 (UTC without a zone), or seconds (below 1e11) or milliseconds since 1970',
  },
  { name: 'endpoint', isRequired: false, meaning: 'name of the endpoint, as the inference report has it' },
  { name: 'model', isRequired: false, meaning: 'the model that answered' },
  { name: 'promptName', isRequired: false, meaning: 'name of the prompt' },
  { name: 'promptVersion', isRequired: false, meaning: 'version of the prompt' },
  {
    name: 'request',
    isRequired: false,
    meaning: 'id of the call that is judged, with its source: otlp:TRACE:SPAN; it gives what is blank here',
  },
  { name: 'run', isRequired: false, meaning: 'id of the training run whose model is judged' },
  { name: 'by', isRequired: false, meaning: 'who judged: human, llm_judge, code' },
  {
    name: 'id',
    isRequired: false,
    meaning: 'unique id of the score; made of the other columns when absent',
  },
] as const;

/** Judgements of quality in a table: by people, by a model, by code. */
export function createScoresSource(): FileSource {
  return fileSource(
    {
      kind: 'scores',
      summary: 'judgements of quality: a table with name, value and time, and what they judge',
      columns: COLUMNS,
    },
    readScores,
  );
}

async function* readScores(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const alike = new Map<string, number>();
  let scores: ScoreFact[] = [];
  let count = 0;
  const names = new Set<string>();
  for await (const score of readRows(rows, summary, readRow)) {
    scores.push(score.scoreId === '' ? { ...score, scoreId: idOf(score, alike) } : score);
    names.add(score.name);
    count += 1;
    if (scores.length < BATCH_FACTS) continue;
    yield { scores };
    scores = [];
  }
  yield { scores };
  summary.totals['scores'] = count;
  summary.totals['names'] = names.size;
}

function readRow(reader: RowReader): ScoreFact {
  const id = reader.text('id');
  const score = {
    scoreId: id === null ? '' : `scores:${id}`,
    name: reader.required('name', reader.text('name'), ''),
    value: readValue(reader),
    atMs: reader.required('time', reader.instant('time'), 0),
    endpoint: reader.text('endpoint'),
    model: reader.text('model'),
    promptName: reader.text('promptName'),
    promptVersion: reader.text('promptVersion'),
    requestId: reader.text('request'),
    runId: reader.text('run'),
    by: reader.text('by'),
  };
  const { endpoint, model, promptName, requestId, runId } = score;
  if ([endpoint, model, promptName, requestId, runId].every((text) => text === null))
    reader.fail(
      'endpoint',
      'judges-nothing',
      'the row names neither an endpoint, a model, a prompt, a request nor a run; map one of them',
    );
  return score;
}

const WORDS: Readonly<Record<string, number>> = { true: 1, yes: 1, pass: 1, false: 0, no: 0, fail: 0 };

function readValue(reader: RowReader): number {
  const word = WORDS[reader.text('value')?.toLowerCase() ?? ''];
  return word ?? reader.required('value', reader.number('value'), 0);
}

/** The same row has the same id whenever it is read; rows that say the same in one file are several scores. */
function idOf(score: ScoreFact, alike: Map<string, number>): string {
  const hash = createHash('sha256').update(JSON.stringify(score)).digest('base64url').slice(0, 22);
  const turn = alike.get(hash) ?? 0;
  alike.set(hash, turn + 1);
  return turn === 0 ? `scores:${hash}` : `scores:${hash}:${turn}`;
}
