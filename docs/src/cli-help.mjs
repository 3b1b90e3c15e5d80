import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))

/**
 * Returns the help of every command. Subcommands follow their command.
 *
 * @returns a list of `{ path, text, flags }`; the path of the program itself is empty
 */
export async function readCliHelp(path = []) {
  const text = await help(path)
  const children = commandsIn(text, path).filter(child => child.join(' ') !== path.join(' '))
  const below = await Promise.all(children.map(child => readCliHelp(child)))
  return [{ path, text, flags: flagsIn(text) }, ...below.flat()]
}

async function help(path) {
  // A fixed width, so that the output does not depend on the terminal.
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', COLUMNS: '100', NO_COLOR: '1', LC_ALL: 'C' }
  const { stdout } = await run(process.execPath, [main, ...path, '--help'], { env })
  return stdout.trimEnd()
}

// Lines such as "  connect-okta profiles use NAME  Make it the default one".
function commandsIn(text, path) {
  const [, list = ''] = /^Commands:\n((?: .*\n?)+)/m.exec(text) ?? []
  return [...list.matchAll(/^ {2}connect-okta ((?:[a-z][\w-]*(?: |$))+)/gm)]
    .map(([, names = '']) => names.trim().split(' '))
    .filter(names => names.length > path.length)
    .map(names => names.slice(0, path.length + 1))
}

// Lines such as "  --scopes, --scope   What the token is for  [array]", and "  -f, --field".
function flagsIn(text) {
  return [...text.matchAll(/^ {2,6}(-.*?)(?: {2}|$)/gm)].flatMap(([, names = '']) => names.match(/--?[\w-]+/g) ?? [])
}
