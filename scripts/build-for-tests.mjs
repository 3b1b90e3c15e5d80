import { build } from './set-up.mjs'

// Tests import the source of their own package, and the builds of other packages. They also start built programs.
const packagesOf = {
  core: ['core', 'emulator'],
  emulator: ['emulator'],
  cli: ['cli'],
  server: ['server'],
  'powershell-shim': ['powershell-shim'],
  bench: ['bench'],
  conformance: ['emulator'],
  'single-file': ['cli', 'server', 'powershell-shim', 'emulator'],
  system: ['cli', 'server'],
  torture: ['cli', 'server'],
}

/** Builds the packages that the tests of a project require, if they have changed. Default: every package. */
export default function buildForTests({ name }) {
  build(...(packagesOf[name] ?? []))
}
