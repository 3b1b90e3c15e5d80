import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root, setUp } from './set-up.mjs'

const args = process.argv.slice(2)
const isCommand = args.length > 0 && !['--json', '--browser'].includes(args[0])

setUp()
if (isCommand) runCli(args)
else await demonstrate(args)

function runCli(args) {
  const cli = spawn(process.execPath, [join(root, 'packages/cli/dist/main.js'), ...args], { stdio: 'inherit' })
  // Ctrl+C reaches the command too, and it is the command that says what happens then.
  process.on('SIGINT', () => {})
  cli.on('exit', code => process.exit(code ?? 1))
}

async function demonstrate(args) {
  const { demonstrateHeadless } = await import('./demonstration.mjs')
  await demonstrateHeadless({ asJson: args.includes('--json') })
}
