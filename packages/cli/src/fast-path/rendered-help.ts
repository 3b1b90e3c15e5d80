import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How wide help gets, in characters. */
export const helpColumns = 100

/**
 * Help as the build has rendered it, in its whole width: rendering takes longer than Node's start.
 *
 * @param args a command line.
 * @param columns how wide the terminal is.
 * @returns nothing where that is not what is asked for, or yargs has to fit it to a narrower terminal.
 */
export function renderedHelp(args: readonly string[], columns: number): string | undefined {
  const [command = '', flag] = args.length === 1 ? [undefined, ...args] : args
  if (flag !== '--help' || args.length > 2 || columns < helpColumns) return undefined
  try {
    const texts: [string, string][] = JSON.parse(readFileSync(join(import.meta.dirname, 'help.json'), 'utf8'))
    return new Map(texts).get(command)
  } catch {
    // While it is built, there is none.
    return undefined
  }
}
