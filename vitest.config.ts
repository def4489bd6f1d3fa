import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/real/global-setup.ts'],
    // A real engine builds, a real CLI starts: seconds, not milliseconds.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // For two cores: one file in three waits for something that lasts. More only time each other out.
    maxWorkers: 3,
    maxConcurrency: 4,
    pool: 'forks',
    restoreMocks: true,
  },
})
