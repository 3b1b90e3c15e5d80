import { root, setUp } from './set-up.mjs'

const args = process.argv.slice(2)
const minutes = args[0] === '--minutes' && args.length === 2 ? Number(args[1]) : 1
if ((args.length > 0 && args[0] !== '--minutes') || !(minutes > 0 && minutes <= 24 * 60)) {
  process.stderr.write('npm run torture -- [--minutes N]   for each kind of trouble; 1 unless said\n')
  process.exit(2)
}

setUp()
// What the tests do for a short while, for as long as somebody likes: each kind of trouble has all of the minutes.
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
