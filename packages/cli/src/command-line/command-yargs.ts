import yargs, { type Argv } from 'yargs'
import { type Command, type CommonFlags, commonFlags } from '../command.js'
import { commandList } from '../command-list.js'
import { connectionFlags } from '../connection/connection-flags.js'
import type { Terminal } from '../output/terminal.js'
import { rejectCmdletParameters } from './cmdlet-parameters.js'
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
 * Runs a command line that has a command.
 *
 * @throws `OktaConnectError` `options_invalid` for an invalid command line, and what the command throws.
 */
export async function runWithYargs(args: readonly string[], terminal: Terminal): Promise<void> {
  await rejectCmdletParameters(args)
  try {
    const plain = await checkedArguments(args)
    const cli = everyCommand(plain, terminal)
    await cli.parseAsync(plain)
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
      .help(false)
      .version(false)
      .options(withValueChecks(commonFlags)) as Argv<CommonFlags>
  )
}

/** Declares the flags and arguments of a command. */
export function declareCommand(
  { options = {}, hasConnectionFlags, positionals = {} }: Omit<Command<never>, 'run'>,
  y: Argv<CommonFlags>,
): Argv<CommonFlags> {
  if (hasConnectionFlags) y.options(withValueChecks(connectionFlags))
  y.options(withValueChecks(options))
  for (const [name, positional] of Object.entries(positionals)) y.positional(name, withArgumentChecks(name, positional))
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
  if (name === undefined) return plain.filter(word => word !== '--help')
  return [name, ...plain.filter((_argument, at) => at !== place)]
}

function everyCommand(args: readonly string[], terminal: Terminal): Argv<CommonFlags> {
  const cli = withCommonFlags(yargs(args))
    .scriptName('connect-okta')
    .demandCommand(1, 1, 'Missing command, such as: connect-okta login')
    .recommendCommands()
    .strict()
    .detectLocale(false)
    .wrap(null)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageFault(message)
    })
  for (const { usage, describe, load } of commandList) {
    cli.command(
      usage,
      describe,
      async y => declareCommand((await load()).command, y as Argv<CommonFlags>),
      async flags => {
        terminal.setOptions(flags)
        await (await load()).command.run(flags as never, terminal)
      },
    )
  }
  return cli
}
