import { build, install } from './set-up.mjs'

// Builds the program connect-okta with Node in it, and packs it with its licenses: see single-file/.
install()
build('cli', 'server', 'powershell-shim')
await import('../single-file/build.mjs')
await import('../single-file/archive.mjs')
