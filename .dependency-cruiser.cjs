const TESTS = '[.]test[.]ts$';
const DOORS = '^src/(cli|http|mcp)/';

/** Each rule says why it exists and what to do instead. `scripts/check-graph.mjs` also fails when nothing was scanned. */
module.exports = {
  forbidden: [
    {
      name: 'domain-stays-pure',
      severity: 'error',
      comment:
        'The domain reads no file, clock, network or package, so every number can be recomputed by hand. Pass the value in, or move this to src/app.',
      from: { path: '^src/domain/', pathNot: TESTS },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'ports-know-the-domain-only',
      severity: 'error',
      comment:
        'A port says what the application needs, in the words of the domain. Move what it imports into the domain or the adapter.',
      from: { path: '^src/ports/' },
      to: { pathNot: '^src/(domain|ports)/' },
    },
    {
      name: 'app-knows-no-adapter',
      severity: 'error',
      comment:
        'A use-case works with any store and any source. Ask for a port instead; compose.ts passes the adapter in.',
      from: { path: '^src/app/', pathNot: TESTS },
      to: { path: '^src/(sources|stores|price-books|notifiers|reports|files|outside|config|cli|http|mcp)/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      comment:
        'An adapter knows one outside system. What two of them share belongs in the domain, in src/files when it is a file format, or in src/outside when it is how servers are asked.',
      from: { path: '^src/(sources|stores|price-books|notifiers)/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^src/(sources|stores|price-books|notifiers|app|reports|config|cli|http|mcp)/',
        pathNot: ['^src/$1/$2/', '^src/stores/sql/'],
      },
    },
    {
      name: 'reports-render-only',
      severity: 'error',
      comment: 'A report turns a result into text. Compute in the domain or a use-case.',
      from: { path: '^src/reports/', pathNot: TESTS },
      to: { path: '^src/', pathNot: '^src/(reports|domain|app/results)/' },
    },
    {
      name: 'only-compose-names-adapters',
      severity: 'error',
      comment: 'Doors get their adapters from compose.ts, so that a new one is one folder and one line.',
      from: { path: DOORS, pathNot: TESTS },
      to: { path: '^src/(sources|stores|price-books|notifiers)/' },
    },
    {
      name: 'doors-are-not-imported',
      severity: 'error',
      comment:
        'Doors are the outside: nothing below them may call them. The web may use the types of the HTTP contract.',
      from: { path: '^src/', pathNot: `${DOORS}|^src/compose[.]ts$|${TESTS}` },
      to: { path: DOORS },
    },
    {
      name: 'web-takes-types-only',
      severity: 'error',
      comment:
        'The dashboard talks to the server over HTTP. It may import the types of results, nothing that runs.',
      from: { path: '^web/src/', pathNot: '[.]test[.]tsx?$' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment:
        'Two files that need each other are one idea, or hide a third. Merge them or take the shared part out.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-lost-files',
      severity: 'error',
      comment: 'Nothing imports this file. Delete it or use it.',
      from: {
        orphan: true,
        pathNot: ['[.]d[.]ts$', TESTS, '^web/src/main', '^web/vite', '^src/cli/main[.]ts$', '^benchmarks/'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|web/dist)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
