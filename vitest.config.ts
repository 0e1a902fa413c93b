import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.ts'],
    // Two cores: real engines, servers and browsers run beside the tests.
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // A page that shares two cores with an engine answers late, not wrongly.
    expect: { poll: { timeout: 30_000 } },
  },
});
