import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))

/**
 * Returns the help of the program, whose path is empty, and of each command.
 *
 * @returns a list of `{ path, text, flags }`
 */
export async function readCliHelp() {
  const program = await help([])
  const paths = [[], ...commandsIn(program).map(name => [name])]
  return await Promise.all(
    paths.map(async path => {
      const text = await help(path)
      return { path, text, flags: flagsIn(text) }
    }),
  )
}

async function help(path) {
  // A fixed width, so that the output does not depend on the terminal.
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', COLUMNS: '100', NO_COLOR: '1', LC_ALL: 'C' }
  const { stdout } = await run(process.execPath, [main, ...path, '--help'], { env })
  return stdout.trimEnd()
}

// Lines such as "  login    Sign in" below "Common commands:". Only the program has commands.
function commandsIn(text) {
  const lists = [...text.matchAll(/^\w+ commands:\n((?: .*\n)+)/gm)].map(([, list = '']) => list)
  return [...lists.join('').matchAll(/^ {2}([a-z]\S*) /gm)].map(([, name = '']) => name)
}

// Lines such as "  -f, --field NAME=VALUE  Add a field".
function flagsIn(text) {
  return [...text.matchAll(/^ {2,6}(-.*?)(?: {2}|$)/gm)].flatMap(([, names = '']) => names.match(/--?[\w-]+/g) ?? [])
}
