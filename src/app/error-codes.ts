/**
 * Every error that a user can meet: its stable code, what it means in one line, and the exit code of the command that ends with it.
 * `docs/reference/errors.md` explains each; a test keeps the two equal. A code is never given a second meaning.
 *
 * The first digit is the exit code, as the reference fixes them (docs/reference/exit-codes.md): 1 a bug, 2 wrong usage or configuration, 4 input or data, 5 something
 * outside; 9 is an interruption (130).
 */
export const ERROR_CODES = {
  unexpected: { code: 'TARE-1001', exitCode: 1, title: 'Something happened that should not' },

  usage: { code: 'TARE-2001', exitCode: 2, title: 'A flag or argument is not understood' },
  unknownKind: { code: 'TARE-2002', exitCode: 2, title: 'No source reads files of this kind' },
  unknownDimension: { code: 'TARE-2003', exitCode: 2, title: 'A report cannot be grouped by this' },
  badWindow: { code: 'TARE-2004', exitCode: 2, title: 'The window of time is not understood' },
  nothingToImport: { code: 'TARE-2005', exitCode: 2, title: 'No file to import was found' },
  badRowName: { code: 'TARE-2006', exitCode: 2, title: 'The name of a ledger row is not understood' },
  unknownSource: { code: 'TARE-2007', exitCode: 2, title: 'No configured source has this name' },
  unknownRecipient: { code: 'TARE-2008', exitCode: 2, title: 'Nobody under notify has this name' },
  badConfig: { code: 'TARE-2030', exitCode: 2, title: 'The configuration is wrong' },
  badSourceConfig: { code: 'TARE-2031', exitCode: 2, title: 'A source in the configuration is wrong' },
  secretMissing: { code: 'TARE-2032', exitCode: 2, title: 'A secret named in the configuration is not set' },
  configNotReadable: { code: 'TARE-2033', exitCode: 2, title: 'The configuration file cannot be read' },
  badStoreUrl: { code: 'TARE-2034', exitCode: 2, title: 'The store is not one that Tare knows' },

  tokensNeeded: { code: 'TARE-2035', exitCode: 2, title: 'A server open to the network needs tokens' },
  fileExists: { code: 'TARE-2036', exitCode: 2, title: 'A file is there already' },
  noSuchPage: { code: 'TARE-2040', exitCode: 2, title: 'The server has no such address' },
  tokenMissing: { code: 'TARE-2041', exitCode: 2, title: 'The server wants a token it knows' },
  notAllowed: { code: 'TARE-2042', exitCode: 2, title: 'This token may read, not write' },
  wrongHost: { code: 'TARE-2043', exitCode: 2, title: 'The request names a host that this server is not' },

  fileNotReadable: { code: 'TARE-4001', exitCode: 4, title: 'A file cannot be read' },
  fileDamaged: { code: 'TARE-4002', exitCode: 4, title: 'A file is damaged' },
  formatUnknown: {
    code: 'TARE-4003',
    exitCode: 4,
    title: 'A file is in a format that its kind does not have',
  },
  columnsMissing: { code: 'TARE-4004', exitCode: 4, title: 'A file lacks columns that every row needs' },
  currencyUnknown: { code: 'TARE-4005', exitCode: 4, title: 'Money is in a currency without a stated rate' },
  rowsRejected: { code: 'TARE-4010', exitCode: 4, title: 'More rows were rejected than allowed' },
  noSuchRow: { code: 'TARE-4020', exitCode: 4, title: 'The ledger has no such row' },
  coverageTooLow: { code: 'TARE-4021', exitCode: 4, title: 'Too little was observed to answer' },
  priceUnknown: { code: 'TARE-4022', exitCode: 4, title: 'No price is known for this' },
  noSuchRun: { code: 'TARE-4023', exitCode: 4, title: 'No run has this id or name' },
  noSuchLever: { code: 'TARE-4024', exitCode: 4, title: 'The plan has no such lever' },
  noSuchSimulation: { code: 'TARE-4025', exitCode: 4, title: 'No simulation is remembered by this id' },
  noSuchHistory: { code: 'TARE-4026', exitCode: 4, title: 'The ledger has no history to replay' },
  noSuchAction: {
    code: 'TARE-4027',
    exitCode: 4,
    title: 'No action has this id, or it cannot be taken back',
  },
  tooStale: { code: 'TARE-4028', exitCode: 4, title: 'The ledger ends too early to act on it' },
  noSuchAnomaly: { code: 'TARE-4029', exitCode: 4, title: 'There is no such anomaly' },
  nothingToReport: { code: 'TARE-4030', exitCode: 4, title: 'The ledger holds nothing of the window' },
  noSuchTeam: { code: 'TARE-4031', exitCode: 4, title: 'The window holds nothing of this team' },
  fileNotWritable: { code: 'TARE-4032', exitCode: 4, title: 'A file cannot be written' },
  noSuchWorkload: {
    code: 'TARE-4045',
    exitCode: 4,
    title: 'Nothing by this name held a GPU in the window',
  },
  noSuchView: { code: 'TARE-4050', exitCode: 4, title: 'No view is saved under this name' },
  badView: { code: 'TARE-4051', exitCode: 4, title: 'A view cannot be saved like this' },
  storeReadOnly: { code: 'TARE-4052', exitCode: 4, title: 'The store takes no changes' },
  tooManyWatchers: { code: 'TARE-4053', exitCode: 4, title: 'Too many pages watch this server already' },
  noSuchReport: { code: 'TARE-4060', exitCode: 4, title: 'No report is scheduled under this name' },

  sourceUnreachable: { code: 'TARE-5001', exitCode: 5, title: 'A source cannot be reached' },
  sourceRefused: { code: 'TARE-5002', exitCode: 5, title: 'A source refused access' },
  sourceTimedOut: { code: 'TARE-5003', exitCode: 5, title: 'A source took too long' },
  sourceAnswerUnexpected: { code: 'TARE-5004', exitCode: 5, title: 'A source answered something unexpected' },
  sourceAskedTooMuch: {
    code: 'TARE-5005',
    exitCode: 5,
    title: 'A source would not answer that much at once',
  },
  storeInUse: { code: 'TARE-5010', exitCode: 5, title: 'Another process has the store open' },
  storeNotOpenable: { code: 'TARE-5011', exitCode: 5, title: 'The store cannot be opened' },
  storeTooNew: { code: 'TARE-5012', exitCode: 5, title: 'The store was written by a newer Tare' },
  storeBroken: { code: 'TARE-5013', exitCode: 5, title: 'The store failed while at work' },
  serverUnreachable: { code: 'TARE-5020', exitCode: 5, title: 'The Tare server cannot be reached' },
  addressInUse: { code: 'TARE-5021', exitCode: 5, title: 'The address to listen on is taken' },

  tooManySimulations: { code: 'TARE-5030', exitCode: 5, title: 'Too many simulations wait already' },
  simulationTooLarge: { code: 'TARE-5031', exitCode: 5, title: 'A simulation took too much time or memory' },

  interrupted: { code: 'TARE-9001', exitCode: 130, title: 'Stopped on request' },
} as const satisfies Record<string, Readonly<{ code: `TARE-${number}`; exitCode: number; title: string }>>;

export type ErrorName = keyof typeof ERROR_CODES;
