import { defineConfig } from 'vitest/config'

// Machines are shared: a slow one is no failure.
const testTimeout = 30_000
const packages = ['core', 'cli', 'emulator']

export default defineConfig({
  test: {
    // The built packages test each other, so what is tested is what was last saved.
    globalSetup: './scripts/before-tests.mjs',
    // Most tests wait for a socket or a timer, not for the processor.
    maxWorkers: 4,
    projects: [
      ...packages.map(name => ({
        test: {
          name,
          root: `packages/${name}`,
          include: ['src/**/*.test.ts'],
          exclude: ['src/torture/**'],
          testTimeout,
        },
      })),
      { test: { name: 'bench', root: 'bench', include: ['src/**/*.test.ts'], testTimeout } },
      // After all others: it takes the whole machine.
      {
        test: {
          name: 'torture',
          root: 'packages/core',
          include: ['src/torture/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'workspace', root: 'scripts', include: ['*.test.ts'], testTimeout: 120_000 } },
    ],
  },
})
