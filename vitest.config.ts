import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Machines are shared: a slow one is no failure.
const testTimeout = 30_000
const expect = { poll: { timeout: 20_000 } }
// By `npm run torture`: what the tests do for a short while, for longer.
const isTorture = process.env.TORTURE_MINUTES !== undefined
// Of each project: the built packages test each other.
const globalSetup = fileURLToPath(new URL('scripts/build-for-tests.mjs', import.meta.url))
const packages = ['core', 'cli', 'emulator', 'server']
// What takes a browser, a Redis, a keyring or programs of its own: out of the way of whoever works on one package.
const ofTheSystem = '{src,test}/**/*.system.test.ts'

export default defineConfig({
  test: {
    globalSetup: './scripts/before-tests.mjs',
    // Most tests wait for a socket or a timer, not for the processor.
    maxWorkers: 4,
    projects: [
      ...packages.map(name => ({
        test: {
          name,
          root: `packages/${name}`,
          globalSetup,
          include: ['{src,test}/**/*.test.ts'],
          exclude: ['{src,test}/torture/**', ofTheSystem],
          // Half of the time went into loading the same modules for each file.
          isolate: false,
          testTimeout,
          hookTimeout: testTimeout,
          expect,
        },
      })),
      {
        test: {
          name: 'system',
          root: 'packages',
          globalSetup,
          include: [`*/${ofTheSystem}`],
          testTimeout,
          hookTimeout: testTimeout,
          expect,
        },
      },
      {
        test: {
          name: 'powershell-shim',
          root: 'packages/powershell-shim',
          globalSetup,
          include: ['test/**/*.test.ts'],
          isolate: false,
          // Each starts PowerShell, Node, or a browser.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect,
        },
      },
      { test: { name: 'bench', root: 'bench', globalSetup, include: ['src/**/*.test.ts'], testTimeout, expect } },
      // After all others, and one at a time: each takes the whole machine.
      {
        test: {
          name: 'torture',
          root: 'packages',
          globalSetup,
          include: [
            '*/{src,test}/torture/*.test.ts',
            ...(isTorture ? ['*/{src,test}/fuzz/*.test.ts', 'powershell-shim/test/fuzz.test.ts'] : []),
          ],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout,
          hookTimeout: testTimeout,
          expect,
        },
      },
      {
        test: {
          name: 'docs',
          root: 'docs',
          globalSetup,
          include: ['tests/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect,
        },
      },
      // They install, pack and publish for show, which a busy machine takes its time for.
      {
        test: {
          name: 'workspace',
          root: 'scripts',
          globalSetup,
          include: ['**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect,
        },
      },
    ],
  },
})
