import { type Command, commonFlags, type FlagTable } from '../command.js'
import { commandList, type ListedCommand } from '../command-list.js'
import { connectionFlags } from '../connection/connection-flags.js'

/** The flags that a command accepts: its own, those that select a connection, and those of every command. */
export function flagsOf({ options, hasConnectionFlags }: Partial<Command<never>> = {}): FlagTable {
  return { ...options, ...(hasConnectionFlags && connectionFlags), ...commonFlags }
}

/** The command of a command line: the first word that is the name of one. */
export async function commandOf(
  args: readonly string[],
): Promise<{ readonly listed?: ListedCommand; readonly name?: string; readonly command?: Command<never> }> {
  const words = args.filter(argument => !argument.startsWith('-'))
  const [listed] = words.flatMap(word => commandList.find(({ usage }) => nameOf(usage) === word) ?? [])
  return listed === undefined ? {} : { listed, name: nameOf(listed.usage), command: (await listed.load()).command }
}

function nameOf(usage: string): string {
  return usage.replace(/ .*/, '')
}
