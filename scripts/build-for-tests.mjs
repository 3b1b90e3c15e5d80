import { build } from './set-up.mjs'

// Tests import the source of their own package, and the built form of others. A program that they start is built too.
const packagesOf = {
  core: ['core', 'emulator'],
  emulator: ['emulator'],
  cli: ['cli'],
  server: ['server'],
  'powershell-shim': ['powershell-shim'],
  bench: ['bench'],
  system: ['cli', 'server'],
  torture: ['cli', 'server'],
}

/** Builds what the tests of a project need, if it has changed: every package by default. */
export default function buildForTests({ name }) {
  build(...(packagesOf[name] ?? []))
}
