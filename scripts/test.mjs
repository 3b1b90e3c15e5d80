import { root } from './pnpm.mjs'
import { install } from './set-up.mjs'
import { installSystemNeeds, missingSystemNeeds } from './system-needs.mjs'

const usage = 'npm test -- [--install] [--project NAME ...] [PART OF A FILE NAME ...]'
const { isInstalling, projects, filters } = readArguments(process.argv.slice(2))

if (isInstalling) installSystemNeeds(projects)
await install()
const { startVitest } = await import('vitest/node')
const vitest = await startVitest('test', filters, { root, watch: false, run: true, project: projects })
const { passed, failed, skipped } = count(vitest)
await vitest.close()

const missing = missingSystemNeeds(projects)
for (const { name, purpose, needs } of missing) {
  const condition = needs === undefined ? '' : ` It requires ${needs}.`
  process.stdout.write(
    `Skipped ${purpose}: ${name} is not installed. To install it, run npm test -- --install.${condition}\n`,
  )
}
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`)
// Windows and macOS cannot have the Linux keyring. PowerShell, Pester and the packages for C# require the .NET SDK.
const isIncomplete =
  process.env.CI === 'true' &&
  process.platform === 'linux' &&
  missing.some(({ name }) => !['pwsh', 'pester', 'dotnetPackages', 'aspnetCorePackages'].includes(name))
process.exit(failed > 0 || passed === 0 || isIncomplete ? 1 : 0)

function readArguments(args) {
  const found = { isInstalling: false, projects: [], filters: [] }
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]
    if (argument === '--install') found.isInstalling = true
    else if (argument === '--project' && index + 1 < args.length) found.projects.push(args[++index])
    else if (!argument.startsWith('-')) found.filters.push(argument)
    else {
      process.stderr.write(`Unknown option: ${argument}. ${usage}\n`)
      process.exit(2)
    }
  }
  return found
}

function count({ state }) {
  const totals = { passed: 0, failed: state.getUnhandledErrors().length, skipped: 0 }
  for (const module of state.getTestModules()) {
    // A file that cannot be loaded has no tests, but is a failure.
    totals.failed += module.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      totals[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
    }
  }
  return totals
}
