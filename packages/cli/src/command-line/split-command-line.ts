import { commandOf } from './command-flags.js'

/** A command line, without the words that belong to another program. */
export interface SplitCommandLine {
  readonly own: readonly string[]
  /** The words after `--`, for a command that runs another program; `undefined` for every other command, and without `--`. */
  readonly program: readonly string[] | undefined
}

/** Takes the words of another program off a command line: `exec --for terraform -- terraform plan -out x`. */
export async function splitCommandLine(args: readonly string[]): Promise<SplitCommandLine> {
  const end = args.indexOf('--')
  if (end === -1 || args[0] === '__complete') return { own: args, program: undefined }
  const own = args.slice(0, end)
  const { command } = await commandOf(own)
  return command?.programUsage !== undefined ? { own, program: args.slice(end + 1) } : { own: args, program: undefined }
}
