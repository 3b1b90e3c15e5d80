import { root, setUp } from './set-up.mjs'
import { installSystemNeeds, missingSystemNeeds } from './system-needs.mjs'

const args = process.argv.slice(2)
const filters = args.filter(one => !one.startsWith('-'))
const unknown = args.find(one => one.startsWith('-') && one !== '--install')
if (unknown !== undefined) {
  process.stderr.write(`There is no option ${unknown}. npm test -- [--install] [part of a file name ...]\n`)
  process.exit(2)
}

if (args.includes('--install')) installSystemNeeds()
setUp()
const { startVitest } = await import('vitest/node')
const vitest = await startVitest('test', filters, { root, watch: false, run: true })
const { passed, failed, skipped } = count(vitest)
await vitest.close()

const missing = missingSystemNeeds()
for (const { name, purpose, needs } of missing) {
  const remedy = needs === undefined ? '' : ` where ${needs} is`
  process.stdout.write(`Skipped: ${purpose}, because ${name} is missing (npm test -- --install installs it${remedy})\n`)
}
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`)
const isIncomplete = process.env.CI === 'true' && missing.length > 0
process.exit(failed > 0 || passed === 0 || isIncomplete ? 1 : 0)

function count({ state }) {
  const totals = { passed: 0, failed: state.getUnhandledErrors().length, skipped: 0 }
  for (const module of state.getTestModules()) {
    // A file that cannot be loaded has no tests to count, and is a failure all the same.
    totals.failed += module.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      totals[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
    }
  }
  return totals
}
