import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// A slow machine is not a failure.
const testTimeout = 30_000
const expect = { poll: { timeout: 20_000 } }
// `npm run torture` runs these tests for minutes, `npm test` for seconds.
const isTorture = process.env.TORTURE_MINUTES !== undefined
// For each project, because tests use the built packages.
const globalSetup = fileURLToPath(new URL('scripts/build-for-tests.mjs', import.meta.url))
const packages = ['core', 'cli', 'emulator', 'server']
// Tests that need a browser, Redis, a keyring or other programs, so that the tests of one package stay fast.
const ofTheSystem = '{src,test}/**/*.system.test.ts'

// CI cannot install these SDKs: see conformance/README.md.
const missingSdks = ['python', 'dotnet']
  .filter(name => process.env[`OKTA_SDK_${name.toUpperCase()}`] === undefined)
  .map(name => `clients/sdk/okta-sdk-${name}.test.ts`)

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
          // Loading the same modules for each file would take half of the time.
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
      {
        test: {
          name: 'single-file',
          root: 'single-file',
          globalSetup: [globalSetup, fileURLToPath(new URL('single-file/test/build-program.mjs', import.meta.url))],
          include: ['test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect,
        },
      },
      { test: { name: 'bench', root: 'bench', globalSetup, include: ['src/**/*.test.ts'], testTimeout, expect } },
      {
        test: {
          name: 'conformance',
          root: 'conformance',
          globalSetup,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', ...missingSdks],
          // Each starts programs and browsers, and one compiles a program in C#.
          testTimeout: 120_000,
          hookTimeout: 300_000,
          expect,
        },
      },
      // After all others, one at a time, because each uses the whole machine.
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
      // These install, pack and publish (dry run), which takes long on a busy machine.
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
