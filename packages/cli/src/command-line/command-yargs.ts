import yargs, { type Argv } from 'yargs'
import { type Command, type CommonFlags, commonFlags } from '../command.js'
import { commandList } from '../command-list.js'
import { connectionFlags } from '../connection/connection-flags.js'
import { helpColumns } from '../fast-path/rendered-help.js'
import type { Terminal } from '../output/terminal.js'
import { commandOf, flagsOf } from './command-flags.js'
import { FlagFault } from './flag-fault.js'
import {
  rejectDashes,
  rejectNamedArguments,
  rejectOtherForms,
  rejectValuesOfSwitches,
  throwErrors,
  withArgumentChecks,
  withoutAttachedValues,
  withoutSeparator,
  withValueChecks,
} from './flag-values.js'
import { flagError, usageError } from './usage-error.js'

/** An invalid command line, as yargs reports it. */
class UsageFault extends Error {}

/**
 * Runs a command line, or prints its help.
 *
 * @throws `OktaConnectError` `options_invalid` for an invalid command line, and what the command throws.
 */
export async function runWithYargs(args: readonly string[], terminal: Terminal): Promise<void> {
  try {
    const plain = await checkedArguments(args)
    const cli = everyCommand(plain, terminal)
    let shown = ''
    await cli.parseAsync(plain, (_error: unknown, _flags: unknown, text: string) => {
      shown = text
    })
    if (shown !== '') terminal.answer(shown)
  } catch (error) {
    if (error instanceof FlagFault) throw await flagError(error, args)
    // yargs throws a YError only for an invalid command line.
    const isAboutUsage = error instanceof UsageFault || (error instanceof Error && error.name === 'YError')
    if (!isAboutUsage) throw error
    throw await usageError(error.message, args, terminal.io.environment)
  }
}

/** Declares the flags of every command. */
export function withCommonFlags(y: Argv): Argv<CommonFlags> {
  return (
    y
      // A list flag does not take the arguments after its value.
      .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false })
      .options(withValueChecks(commonFlags))
      .group([...Object.keys(commonFlags), 'help', 'version'], 'Global options:') as Argv<CommonFlags>
  )
}

/** Declares the flags, arguments and examples of a command, in the order of its help. */
export function describeCommand(
  { options = {}, hasConnectionFlags, positionals = {}, examples }: Omit<Command<never>, 'run'>,
  y: Argv<CommonFlags>,
): Argv<CommonFlags> {
  y.options(withValueChecks(options)).group(Object.keys(options), 'Options:')
  if (hasConnectionFlags) {
    y.options(withValueChecks(connectionFlags)).group(Object.keys(connectionFlags), 'Connection:')
  }
  for (const [name, positional] of Object.entries(positionals)) y.positional(name, withArgumentChecks(name, positional))
  for (const [commandLine, meaning] of examples) y.example(commandLine, meaning)
  return y.middleware(throwErrors, true)
}

async function checkedArguments(args: readonly string[]): Promise<readonly string[]> {
  const { command, name, index } = await commandOf(args)
  const table = { ...flagsOf(command), help: { type: 'boolean' }, version: { type: 'boolean' } } as const
  rejectOtherForms(args, table)
  const plain = withoutAttachedValues(withoutSeparator(args, table), table)
  rejectDashes(plain, table)
  rejectValuesOfSwitches(plain, table)
  rejectNamedArguments(plain, command?.positionals ?? {})
  // Before it knows the command, yargs does not know which flags have a value.
  const place = args.slice(0, index).includes('--') ? index - 1 : index
  if (name === undefined) return plain[0]?.startsWith('-') ? plain : plain.filter(word => word !== '--help')
  return [name, ...plain.filter((_argument, at) => at !== place)]
}

function everyCommand(args: readonly string[], terminal: Terminal): Argv<CommonFlags> {
  const cli = withCommonFlags(yargs(args))
    .scriptName('connect-okta')
    .usage('$0 COMMAND\n\nAccess tokens for Okta APIs.')
    .version(terminal.io.version)
    .demandCommand(1, 1, 'Missing command, such as: connect-okta login')
    .recommendCommands()
    .strict()
    .detectLocale(false)
    // Only help depends on the width of the terminal.
    .wrap(args.includes('--help') ? Math.min(helpColumns, terminal.columns) : null)
    .exitProcess(false)
    .epilogue('connect-okta COMMAND --help shows examples.')
    .fail((message, error) => {
      throw error ?? new UsageFault(message)
    })
  for (const { usage, describe, load } of commandList) {
    cli.command(
      usage,
      describe,
      async y => {
        const { command } = await load()
        if (command.runsProgram) y.usage(`$0 ${usage} [OPTIONS] -- COMMAND\n\n${describe}`)
        return describeCommand(command, y as Argv<CommonFlags>)
      },
      async flags => {
        terminal.setOptions(flags)
        await (await load()).command.run(flags as never, terminal)
      },
    )
  }
  return cli
}
