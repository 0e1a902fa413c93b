import { describe, expect, it, test } from 'vitest';
import { makeForm, makeSimulation } from '../dev/make-simulations.ts';
import { timeLeft } from '../format/time-left.ts';
import { filesToGive, orderFor, problemsOf } from './order.ts';
import { viewResultCharts } from './result-chart.ts';
import { simulationAddress, stateOfSimulation } from './simulation-address.ts';
import { givenTexts, pairedTexts, stateText } from './simulation-texts.ts';
import { fieldValue, problemOfField, readWhatIfState, withValue, writeWhatIfState } from './what-if-state.ts';

const FORM = makeForm();
const FIELD = FORM.fields[0]!;
const none = () => null;

describe('the address', () => {
  test.each([
    '',
    '?simulator=batching&alphaMs=0.5&maxQueueDelayMs=0,1,2',
    '?from=30d&simulator=scale-to-zero&about=chat',
    '?simulator=packing&source=trace&departures=',
    '?simulator=batching&perSecond=800&beside=batching-2',
  ])('%s is read and written back', (search) => {
    expect(writeWhatIfState(readWhatIfState(search))).toBe(search);
  });

  it('keeps what differs from the start of the form, also what was taken away', () => {
    const state = readWhatIfState('');
    expect(fieldValue(FIELD, state)).toBe('10m,1h');
    expect(withValue(FIELD, '5m', state)).toEqual({ keepAlive: '5m' });
    expect(withValue(FIELD, '10m,1h', { ...state, parameters: { keepAlive: '5m' } })).toEqual({});
    expect(withValue(FIELD, '', state)).toEqual({ keepAlive: '' });
  });

  it('of a simulation leads back to the form as it was', () => {
    const simulation = makeSimulation({ parameters: { keepAlive: '5m' } });
    const address = simulationAddress(simulation, FORM);
    expect(address).toBe(
      '/what-if/scale-to-zero-1?from=2026-10-01T00%3A00%3A00Z&to=2026-10-31T00%3A00%3A00Z&simulator=scale-to-zero&about=chat&keepAlive=5m&price=',
    );
    const state = readWhatIfState(address.split('?')[1]!);
    expect(state).toEqual(stateOfSimulation(simulation, FORM));
    expect(orderFor(FORM, state, none).parameters).toEqual(simulation.parameters);
  });
});

describe('an order', () => {
  it('replays history in the place of files, or takes files', () => {
    const replayed = readWhatIfState('?about=chat&from=7d');
    expect(filesToGive(FORM, replayed).map(({ name }) => name)).toEqual(['coldStarts']);
    expect(orderFor(FORM, replayed, none)).toEqual({
      simulator: 'scale-to-zero',
      parameters: { keepAlive: '10m,1h', price: '2.50' },
      files: {},
      history: { from: '7d', about: 'chat' },
    });
    const given = readWhatIfState('?source=trace&compare=true');
    const trace = { fileName: 'mine.csv', text: 'a' };
    expect(orderFor(FORM, given, (file) => (file === 'usage' ? trace : null))).toEqual({
      simulator: 'scale-to-zero',
      parameters: { keepAlive: '10m,1h', price: '2.50', compare: true },
      files: { usage: trace },
    });
  });

  it('says what is missing once it was tried, and what is wrong at once', () => {
    const state = readWhatIfState('?keepAlive=&price=cheap');
    expect([...problemsOf(FORM, state, none, false).keys()]).toEqual(['price']);
    expect([...problemsOf(FORM, state, none, true).keys()]).toEqual(['keepAlive', 'price', 'about']);
    const trace = readWhatIfState('?source=trace');
    expect([...problemsOf(FORM, trace, none, true).keys()]).toEqual(['usage']);
    expect(problemsOf(FORM, trace, () => ({ fileName: 'a', text: 'a' }), true).size).toBe(0);
  });

  test.each([
    ['2.5', null],
    ['.5', null],
    ['', null],
    ['1e3', 'Write a number, such as 2.5.'],
    ['-1', 'Write a number, such as 2.5.'],
    ['101', 'At most 100 here; the command line has no such limit.'],
  ])('a number %j: %s', (text, problem) => {
    expect(problemOfField(FORM.fields[1]!, text)).toBe(problem);
  });
});

describe('how far it is', () => {
  test.each([
    [makeSimulation({ state: 'waiting' }), 'waiting'],
    [makeSimulation({ state: 'running', progress: null }), 'running'],
    [
      makeSimulation({ state: 'running', progress: { task: 'a', fraction: 0.256, secondsLeft: 12.2 } }),
      'running, 26\u00a0%, 13 s left',
    ],
    [
      makeSimulation({ state: 'running', progress: { task: 'a', fraction: null, secondsLeft: null } }),
      'running',
    ],
  ])('%#', (simulation, text) => expect(stateText(simulation)).toBe(text));

  test.each([
    [0.2, '1 s'],
    [89, '89 s'],
    [120, '2 min'],
    [9_000, '2.5 h'],
  ])('%s seconds are %s', (seconds, text) => expect(timeLeft(seconds)).toBe(text));
});

describe('what was asked', () => {
  it('is said by the labels of the form', () => {
    expect(givenTexts(makeSimulation({ parameters: { price: '3', compare: true } }), FORM)).toEqual([
      ['History', '2026-10-01T00:00Z to 2026-10-31T00:00Z'],
      ['Of', 'chat'],
      ['Price, $', '3'],
      ['Compare', 'yes'],
    ]);
    const given = makeSimulation({
      history: null,
      files: [{ name: 'usage', fileName: 'mine.csv', bytes: 5 }],
    });
    expect(givenTexts(given, FORM)[0]).toEqual(['Samples', 'mine.csv']);
  });

  it('of two is paired by name', () => {
    expect(
      pairedTexts(
        [
          ['a', '1'],
          ['b', '2'],
        ],
        [
          ['b', '3'],
          ['c', '4'],
        ],
      ),
    ).toEqual([
      { name: 'a', left: '1', right: null },
      { name: 'b', left: '2', right: '3' },
      { name: 'c', left: null, right: '4' },
    ]);
  });
});

describe('charts', () => {
  it('draw the cells of the table, with the texts that are printed', () => {
    const { simulator, result } = makeSimulation();
    const views = viewResultCharts(simulator, result!);
    // A saving that is unknown in every row is not drawn.
    expect(views.map(({ unit }) => unit)).toEqual(['GPU-hours saved', 'per replica-day']);
    expect(views[0]).toMatchObject({
      pointTitle: 'Kept alive',
      points: [{ name: '10 min' }, { name: '1 h' }],
      series: [{ heights: [292.666667, 230], texts: ['292.67', '230'] }],
      summary: 'GPU-hours saved: from 230 (1 h) to 292.67 (10 min).',
    });
  });

  it('of a single row stand its figures beside each other', () => {
    const names = ['meanWaitMs', 'p50Ms', 'p95Ms', 'p99Ms', 'meanBatch'];
    const table = {
      title: null,
      headline: null,
      columns: names.map((name) => ({ name, title: name, isNumber: true })),
      rows: [['1', '2', '3', '4', '5']],
      values: [[1, 2, 3, 4, 5]],
      total: null,
      footnotes: [],
    };
    const [view, ...others] = viewResultCharts('batching', {
      figures: {},
      tables: [table],
      csv: '',
      rejects: [],
    });
    expect(others).toEqual([]);
    expect(view!.series[0]!.heights).toEqual([1, 2, 3, 4]);
    expect(viewResultCharts('spot', { figures: {}, tables: [table], csv: '', rejects: [] })).toEqual([]);
  });

  it('there are none without rows', () => {
    expect(viewResultCharts('batching', { figures: {}, tables: [], csv: '', rejects: [] })).toEqual([]);
  });
});
