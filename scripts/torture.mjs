import { root } from './pnpm.mjs'
import { install } from './set-up.mjs'

const args = process.argv.slice(2)
const minutes = args[0] === '--minutes' && args.length === 2 ? Number(args[1]) : 1
if ((args.length > 0 && args[0] !== '--minutes') || !(minutes > 0 && minutes <= 24 * 60)) {
  process.stderr.write('npm run torture -- [--minutes N]   runs each stress test for N minutes (default: 1)\n')
  process.exit(2)
}

await install()
// npm test runs the same tests for a few seconds.
process.env.TORTURE_MINUTES = String(minutes)
const { startVitest } = await import('vitest/node')
const vitest = await startVitest('test', [], {
  root,
  watch: false,
  run: true,
  project: 'torture',
  disableConsoleIntercept: true,
})
await vitest.close()
