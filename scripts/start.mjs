import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './pnpm.mjs'
import { setUpStart } from './set-up.mjs'

const args = process.argv.slice(2)
const isCommand = args.some(one => one !== '--json' && one !== '--browser')

await setUpStart()
if (isCommand) await runCli()
else await runDemonstration()

// In this process, because another one would take longer to start than most commands run.
async function runCli() {
  process.argv[1] = join(root, 'packages/cli/dist/main.cjs')
  await import(pathToFileURL(process.argv[1]))
}

async function runDemonstration() {
  const { demonstrate } = await import('./demonstration.mjs')
  const { isOktaConnectError, errorCatalog } = await import('../packages/core/dist/bundle/index.js')
  try {
    await demonstrate({ inBrowser: args.includes('--browser'), asJson: args.includes('--json') })
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    process.stderr.write(`error: ${error.message}\n  ${error.hint}\n  (${error.code})\n`)
    process.exitCode = errorCatalog[error.code].exitCode
  }
}
