#!/usr/bin/env node
import yargs, { type Argv } from 'yargs'
import { commandList } from './command-list.js'
import { withCommonFlags } from './common-flags.js'
import { type Manners, openTerminal } from './terminal.js'

declare const VERSION: string

/** The command line is wrong. Told apart by its class: yargs would throw a plain error, as any bug may. */
class UsageFault extends Error {
  constructor(
    message: string,
    readonly flags: readonly string[],
  ) {
    super(message)
  }
}

const terminal = openTerminal()
const args = process.argv.slice(2)
const cli = withCommonFlags(yargs(args))
  .scriptName('connect-okta')
  .usage('$0 COMMAND\n\nAccess tokens for Okta APIs.')
  .version(VERSION)
  .demandCommand(1, 1, 'Name a command, such as: connect-okta login')
  .recommendCommands()
  .strict()
  .detectLocale(false)
  // How wide the terminal is matters where help is asked for.
  .wrap(args.includes('--help') ? Math.min(100, terminal.columns) : null)
  .exitProcess(false)
  .epilogue('connect-okta COMMAND --help shows examples.')
  .fail((message, error) => {
    throw error ?? new UsageFault(message, knownFlags())
  })

for (const { usage, describe, load } of commandList) {
  cli.command(
    usage,
    describe,
    async y => (await load()).command.flags(y) as Argv,
    async flags => {
      terminal.behave(flags as unknown as Manners)
      await (await load()).command.run(flags as never, terminal)
    },
  )
}
withoutHelpInVain(cli)

// Not awaited here: what is loaded later may be in one file with this module, and would wait for it to end.
void run()

async function run(): Promise<void> {
  try {
    if (args[0] === '__complete') await answerShell(args.slice(1, -1), (args.at(-1) ?? '').slice(1))
    else await cli.parseAsync()
  } catch (error) {
    process.exitCode = await fail(error)
  }
}

// What the scripts of `completion` ask at each Tab.
async function answerShell(before: readonly string[], last: string): Promise<void> {
  const { complete } = await import('./complete.js')
  const candidates = await complete(before, last)
  if (candidates !== '') terminal.answer(candidates)
}

async function fail(error: unknown): Promise<number> {
  // Where the command line is wrong, its flags were never read.
  terminal.behave({ ...terminal.manners, json: args.includes('--json') })
  const { renderFailure } = await import('./render-failure.js')
  // A YError is about a value on the command line. Any other error that is not ours is a bug.
  const isAboutUsage = error instanceof UsageFault || (error instanceof Error && error.name === 'YError')
  if (!isAboutUsage) return renderFailure(error, terminal)
  const { usageError } = await import('./usage-error.js')
  const flags = error instanceof UsageFault ? error.flags : []
  return renderFailure(usageError({ message: error.message, flags, args }), terminal)
}

// At this moment: those of the command that is being read are among them.
function knownFlags(): readonly string[] {
  return Object.keys((cli as unknown as { getOptions(): { key: object } }).getOptions().key)
}

// Before it runs a command, yargs composes the help text that nobody has asked for, which takes longer than a token at
// hand. Asked for, it is composed all the same.
function withoutHelpInVain(cli: Argv): void {
  const { getInternalMethods } = cli as unknown as {
    getInternalMethods(): { getUsageInstance(): { cacheHelpMessage(): void } }
  }
  getInternalMethods.call(cli).getUsageInstance().cacheHelpMessage = () => {}
}
