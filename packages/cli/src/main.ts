import { rejectSecrets } from './command-line/secret-argument.js'
import { spelled } from './command-line/spelled.js'
import { splitCommandLine } from './command-line/split-command-line.js'
import { commandList } from './command-list.js'
import { readPlainFlags } from './fast-path/plain-flags.js'
import type { Io } from './io.js'
import { openTerminal, type Terminal, type Text } from './output/terminal.js'

/**
 * Runs one command line.
 *
 * @returns the exit code. Every failure is reported on stderr.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const { own, program } = await splitCommandLine(args)
  try {
    rejectSecrets(own)
    return await run(spelled(own), openTerminal(io, program))
  } catch (error) {
    return await reportFailure(error, own, io)
  }
}

/** Prints an error on stderr, and returns the exit code for it. */
export async function reportFailure(error: unknown, args: readonly string[], io: Io): Promise<number> {
  const terminal = openTerminal(io)
  // An invalid command line has no flags, but its error is JSON with --json too.
  terminal.setOptions({ json: args.some(argument => /^--json(=true)?$/.test(argument)), quiet: false, verbose: false })
  const { renderFailure } = await import('./output/render-failure.js')
  return renderFailure(error, terminal, args)
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const isCompletion = args[0] === '__complete'
  const help = isCompletion ? undefined : await helpFor(args, terminal)
  if (isCompletion) await printCompletions(args.slice(1, -1), (args.at(-1) ?? '').slice(1), terminal)
  else if (help !== undefined) terminal.answer(...help)
  else if (args.includes('--version')) terminal.answer(terminal.io.version)
  else if (!(await runPlainCommand(args, terminal))) {
    const { runWithYargs } = await import('./command-line/command-yargs.js')
    await runWithYargs(args, terminal)
  }
  return terminal.exitCode
}

async function helpFor(args: readonly string[], terminal: Terminal): Promise<readonly Text[] | undefined> {
  if (args.length > 0 && !args.includes('--help')) return undefined
  const { renderHelp } = await import('./help/render-help.js')
  return await renderHelp(args, terminal.columns)
}

// For the scripts of `completion`.
async function printCompletions(before: readonly string[], last: string, terminal: Terminal): Promise<void> {
  const { complete } = await import('./completion/complete.js')
  const candidates = await complete(before, last, terminal.io.environment)
  if (candidates !== '') terminal.answer(candidates)
}

/** @returns whether {@link readPlainFlags} accepts the command line. */
async function runPlainCommand([name, ...rest]: readonly string[], terminal: Terminal): Promise<boolean> {
  // A command with positionals is left to yargs.
  const listed = commandList.find(({ usage }) => usage === name)
  if (listed === undefined) return false
  const { command } = await listed.load()
  const flags = readPlainFlags(rest, command)
  if (flags === undefined) return false
  terminal.setOptions(flags)
  await command.run(flags as never, terminal)
  return true
}
