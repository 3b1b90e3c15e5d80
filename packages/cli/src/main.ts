import { commandList } from './command-list.js'
import { readPlainFlags } from './plain-flags.js'
import { renderedHelp } from './rendered-help.js'
import { rejectSecrets } from './secret-argument.js'
import { openTerminal } from './terminal.js'

const terminal = openTerminal()
const args = process.argv.slice(2)

// What is thrown outside of a command's own promise would be printed by Node, as it is.
process.once('uncaughtException', error => void fail(error).then(code => process.exit(code)))

// A command that waits for what never comes would end with 0 and without its answer.
let isOver = false
process.once('beforeExit', () => {
  if (!isOver) void fail(new Error('The command has ended without a result.')).then(code => process.exit(code))
})

// Not awaited here: what is loaded later may be in one file with this module, and would wait for it to end.
void run()

async function run(): Promise<void> {
  try {
    rejectSecrets(args)
    const help = args.at(-1) === '--help' ? renderedHelp(args, terminal.columns) : undefined
    if (help !== undefined) terminal.answer(help)
    else if (args[0] === '__complete') await answerShell(args.slice(1, -1), (args.at(-1) ?? '').slice(1))
    else if (!(await runPlainCommand())) await (await import('./command-yargs.js')).runWithYargs(args, terminal)
  } catch (error) {
    process.exitCode = await fail(error)
  } finally {
    isOver = true
  }
}

// What the scripts of `completion` ask at each Tab.
async function answerShell(before: readonly string[], last: string): Promise<void> {
  const { complete } = await import('./complete.js')
  const candidates = await complete(before, last)
  if (candidates !== '') terminal.answer(candidates)
}

/** @returns whether the command line is as plain as {@link readPlainFlags} takes it. */
async function runPlainCommand(): Promise<boolean> {
  const [name, ...rest] = args
  // What has positionals after its name is not found.
  const listed = commandList.find(({ usage }) => usage === name)
  if (listed === undefined) return false
  const { command } = await listed.load()
  const flags = readPlainFlags(rest, command)
  if (flags === undefined) return false
  terminal.behave(flags)
  await command.run(flags as never, terminal)
  return true
}

async function fail(error: unknown): Promise<number> {
  // Where the command line is wrong, its flags were never read.
  terminal.behave({ ...terminal.manners, json: args.includes('--json') })
  const { renderFailure } = await import('./render-failure.js')
  return renderFailure(error, terminal)
}
