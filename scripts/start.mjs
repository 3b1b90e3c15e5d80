import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './pnpm.mjs'
import { setUp } from './set-up.mjs'

const args = process.argv.slice(2)
const isCommand = args.some(one => one !== '--json' && one !== '--browser')

setUp()
if (isCommand) runCli(args)
else await runDemonstration(args)

function runCli(args) {
  const cli = spawn(process.execPath, [join(root, 'packages/cli/dist/main.cjs'), ...args], { stdio: 'inherit' })
  // Ctrl+C reaches the command too, which decides what to do. Other signals are passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => cli.kill(signal))
  cli.on('exit', code => process.exit(code ?? 1))
}

async function runDemonstration(args) {
  const { demonstrate } = await import('./demonstration.mjs')
  const { isOktaConnectError, errorCatalogue } = await import('../packages/core/dist/bundle/index.js')
  try {
    await demonstrate({ inBrowser: args.includes('--browser'), asJson: args.includes('--json') })
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    process.stderr.write(`error: ${error.message}\n  ${error.hint}\n  (${error.code})\n`)
    process.exitCode = errorCatalogue[error.code].exitCode
  }
}
