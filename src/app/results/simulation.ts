/** A simulator as a form: what it reads, and what can be set. It is made of the flags of `tare simulate`. */
export type SimulatorForm = Readonly<{
  /** As on the command line: `scale-to-zero`. */
  name: string;
  title: string;
  /** What it answers. */
  question: string;
  files: readonly SimulatorFile[];
  fields: readonly SimulatorField[];
  /** What of the fleet's own history it can replay; `null` where the ledger does not know what it needs. */
  history: SimulatorHistory | null;
}>;

export type SimulatorFile = Readonly<{
  /** The name of its flag, in camelCase: `coldStarts`. */
  name: string;
  label: string;
  help: string;
  isRequired: boolean;
  format: 'table' | 'json';
  columns: readonly Readonly<{ name: string; isRequired: boolean; meaning: string }>[];
  /** A small one that works. */
  example: string;
}>;

export type SimulatorField = Readonly<{
  name: string;
  label: string;
  unit: string | null;
  help: string;
  kind: 'number' | 'text' | 'choice' | 'switch';
  choices: readonly string[];
  /** What the form starts with; blank leaves it to the simulator. */
  initial: string;
  isRequired: boolean;
  /** The largest number that a server takes. */
  most: number | null;
  /** Fields of a group stand together. */
  group: string;
}>;

export type SimulatorHistory = Readonly<{
  /** What there is to choose from: `endpoint`, `GPU model`. */
  about: string;
  isAboutRequired: boolean;
  /** Files that the history takes the place of. */
  files: readonly string[];
  help: string;
}>;

/** What a history can be about, the one with most GPU time first. */
export type HistoryChoices = Readonly<{
  simulator: string;
  from: string;
  to: string;
  choices: readonly Readonly<{ about: string; gpuHours: number }>[];
}>;

/** The fleet's own history, as the files that the simulator reads from anyone. */
export type HistoryTraces = Readonly<{
  simulator: string;
  about: string | null;
  from: string;
  to: string;
  traces: readonly Readonly<{ file: string; fileName: string; rows: number; text: string }>[];
  /** How it was made of the ledger. */
  notes: readonly string[];
}>;

export const SIMULATION_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

/** One simulation, from the moment it was asked for until the server forgets it. */
export type Simulation = Readonly<{
  id: string;
  simulator: string;
  state: (typeof SIMULATION_STATES)[number];
  /** As they were given: texts of the form, and `true` for switches. */
  parameters: Readonly<Record<string, string | boolean>>;
  files: readonly Readonly<{ name: string; fileName: string; bytes: number }>[];
  /** Where the traces came from, if from the ledger. */
  history: Readonly<{ from: string; to: string; about: string | null }> | null;
  /** The same on the command line. */
  command: string;
  askedAt: string;
  startedAt: string | null;
  endedAt: string | null;
  progress: SimulationProgress | null;
  result: SimulationResult | null;
  problem: SimulationProblem | null;
}>;

export type SimulationProgress = Readonly<{
  task: string;
  /** 0–1; `null` as long as nobody knows. */
  fraction: number | null;
  secondsLeft: number | null;
}>;

export type SimulationProblem = Readonly<{ code: string; title: string; detail: string; remedy: string }>;

export type SimulationResult = Readonly<{
  /** What `tare simulate … --json` prints. */
  figures: Readonly<Record<string, unknown>>;
  /** What it prints as tables, cell by cell. */
  tables: readonly SimulationTable[];
  /** What `--format csv` prints. */
  csv: string;
  /** What was left out of the traces: place and reason, the first twenty, and a last line that counts the others. */
  rejects: readonly string[];
}>;

export type SimulationTable = Readonly<{
  title: string | null;
  headline: string | null;
  columns: readonly Readonly<{ name: string; title: string; isNumber: boolean }>[];
  rows: readonly (readonly string[])[];
  /** The same cells with every digit, for charts; `null` is unknown. */
  values: readonly (readonly (string | number | null)[])[];
  total: readonly string[] | null;
  footnotes: readonly string[];
}>;
