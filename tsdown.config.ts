import { defineConfig } from 'tsdown';

/** One command, its heavy parts in chunks that load when an action needs them. The dashboard is built beside it, into dist/web. */
export default defineConfig({
  // A simulation is a process of its own, found by its name.
  entry: { cli: 'src/cli/main.ts', 'simulation-child': 'src/cli/simulations/simulation-child.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  fixedExtension: false,
  dts: false,
  sourcemap: false,
  logLevel: 'warn',
  clean: ['dist/*.js', 'dist/*.json'],
  deps: {
    // Native code, and a client that only some install.
    neverBundle: ['@duckdb/node-api', '@clickhouse/client'],
  },
});
