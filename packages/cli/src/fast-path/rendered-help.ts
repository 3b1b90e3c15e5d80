// Fast path 2 of 3: prints the help that the build has rendered.
//
// Gain: `--help` takes 1.6 times as long as `node -e 0`, instead of 3 times: yargs takes as long as all of Node.
// The build renders it with yargs itself, and cli-options.test.ts compares the two.
// To remove it: delete this file, its use in main.ts and the last paragraph of build.mjs. yargs then renders every help text.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The maximum width of help, in characters. */
export const helpColumns = 100

/**
 * Returns the help text for a command line, as wide as {@link helpColumns}.
 *
 * @param columns how wide the terminal is.
 * @returns `undefined` when the command line does not ask for help only, or yargs has to fit it to a narrower terminal.
 */
export function renderedHelp(args: readonly string[], columns: number): string | undefined {
  const [command = '', flag] = args.length === 1 ? [undefined, ...args] : args
  if (flag !== '--help' || args.length > 2 || columns < helpColumns) return undefined
  try {
    const texts: [string, string][] = JSON.parse(readFileSync(join(import.meta.dirname, 'help.json'), 'utf8'))
    return new Map(texts).get(command)
  } catch {
    // The build itself runs before there is one.
    return undefined
  }
}
