import { type Command, commonFlags, type FlagTable } from '../command.js'
import { commandList, type ListedCommand } from '../command-list.js'
import { connectionFlags } from '../connection/connection-flags.js'

/** The flags that a command accepts: those that select a connection, its own, which may replace them, and those of every command. */
export function flagsOf({ options, hasConnectionFlags }: Partial<Command<never>> = {}): FlagTable {
  return { ...(hasConnectionFlags && connectionFlags), ...options, ...commonFlags }
}

/** The command of a command line. */
export interface CommandOnLine {
  readonly listed?: ListedCommand
  readonly name?: string
  readonly command?: Command<never>
  /** The place of its name among the arguments; -1 if there is none. */
  readonly index: number
}

/** Finds the command: the first argument that is the name of one, and not the value of a flag. */
export async function commandOf(args: readonly string[]): Promise<CommandOnLine> {
  const isFirst = isName(args[0]) || !args.some(isName)
  const withValue = isFirst ? [] : await namesWithValue()
  const index = args.findIndex((word, at) => isName(word) && !withValue.includes(args[at - 1] ?? ''))
  const listed = commandList.find(({ usage }) => nameOf(usage) === args[index])
  if (listed === undefined) return { index: -1 }
  return { index, listed, name: nameOf(listed.usage), command: (await listed.load()).command }
}

function isName(word: string | undefined): boolean {
  return commandList.some(({ usage }) => nameOf(usage) === word)
}

// The flags of every command, as a command line has them: `--tenant`, `-F`.
async function namesWithValue(): Promise<readonly string[]> {
  const tables = await Promise.all(commandList.map(async ({ load }) => flagsOf((await load()).command)))
  return tables
    .flatMap(table => Object.entries(table))
    .filter(([, { type }]) => type !== 'boolean')
    .flatMap(([name, { alias }]) => [name, ...(typeof alias === 'string' ? [alias] : [])])
    .map(name => (name.length === 1 ? `-${name}` : `--${name}`))
}

function nameOf(usage: string): string {
  return usage.replace(/ .*/, '')
}
