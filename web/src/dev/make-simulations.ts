import type { Simulation, SimulatorField, SimulatorForm } from '../../../src/app/results/simulation.ts';

/** An invented form and a simulation of it, for tests of the views. */
function field(part: Partial<SimulatorField> & Pick<SimulatorField, 'name' | 'label'>): SimulatorField {
  return {
    unit: null,
    help: 'What it is for.',
    kind: 'text',
    choices: [],
    initial: '',
    isRequired: false,
    most: null,
    group: 'All',
    ...part,
  };
}

export function makeForm(): SimulatorForm {
  const file = { help: 'Rows.', format: 'table' as const, columns: [], example: 'a\n1\n' };
  return {
    name: 'scale-to-zero',
    title: 'Scale to zero',
    question: 'When should an idle replica be released?',
    files: [
      { ...file, name: 'usage', label: 'Samples', isRequired: true },
      { ...file, name: 'coldStarts', label: 'Starts', isRequired: false },
    ],
    fields: [
      field({ name: 'keepAlive', label: 'Keep alive for', initial: '10m,1h', isRequired: true }),
      field({ name: 'price', label: 'Price', unit: '$', kind: 'number', initial: '2.50', most: 100 }),
      field({ name: 'compare', label: 'Compare', kind: 'switch' }),
    ],
    history: { about: 'endpoint', isAboutRequired: true, files: ['usage'], help: 'Its activity.' },
  };
}

export function makeSimulation(part: Partial<Simulation> = {}): Simulation {
  return {
    id: 'scale-to-zero-1',
    simulator: 'scale-to-zero',
    state: 'done',
    parameters: {},
    files: [],
    history: { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z', about: 'chat' },
    command: 'tare simulate scale-to-zero --usage usage.csv',
    askedAt: '2026-10-31T10:00:00Z',
    startedAt: '2026-10-31T10:00:00Z',
    endedAt: '2026-10-31T10:00:02Z',
    progress: null,
    problem: null,
    result: {
      figures: {},
      tables: [
        {
          title: null,
          headline: '1 replica, 725.2 GPU-hours sampled, idle 44 % of it',
          columns: [
            { name: 'keepAliveSeconds', title: 'kept alive', isNumber: true },
            { name: 'gpuHoursSaved', title: 'GPU-hours saved', isNumber: true },
            { name: 'coldStartsPerReplicaDay', title: 'per replica-day', isNumber: true },
            { name: 'estimatedSaving', title: 'estimated saving', isNumber: true },
          ],
          rows: [
            ['10 min', '292.67', '3.14', '–'],
            ['1 h', '230', '1.85', '–'],
          ],
          values: [
            [600, 292.666667, 3.14, null],
            [3_600, 230, 1.85, null],
          ],
          total: null,
          footnotes: [],
        },
      ],
      csv: '',
      rejects: [],
    },
    ...part,
  };
}
