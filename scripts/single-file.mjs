import { build, install } from './set-up.mjs'

const usage = 'npm run single-file -- [build | pack]\n'
const steps = process.argv.slice(2)
if (steps.length > 1 || !['build', 'pack', undefined].includes(steps[0])) {
  process.stderr.write(usage)
  process.exit(2)
}

// Builds the program connect-okta with Node in it, and packs it with its licenses: see single-file/. A release signs it in between.
if (steps[0] !== 'pack') {
  await install()
  build('cli', 'server', 'powershell-shim')
  await import('../single-file/build.mjs')
}
if (steps[0] !== 'build') await import('../single-file/pack.mjs')
