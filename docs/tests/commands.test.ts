import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readCliHelp } from '../src/cli-help.mjs'
import { readPages } from '../src/pages.mjs'

interface Block {
  readonly language: string
  readonly code: string
  readonly line: number
}
interface Help {
  readonly path: readonly string[]
  readonly flags: readonly string[]
}

const run = promisify(execFile)
const pages: readonly { path: string; blocks: readonly Block[] }[] = await readPages()
const help: readonly Help[] = await readCliHelp()
const emulatorHelp = await helpOf('okta-emulator', 'emulator')
const shells = ['sh', 'bash', 'shell', 'console']

const scripts = pages.flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => shells.includes(language))
    .map(block => ({ where: `${path}:${block.line}`, script: typed(block) })),
)

/** Returns the commands of a block. In a console, they follow the prompt. */
function typed({ language, code }: Block): string {
  const joined = code.replaceAll(/\\\n\s*/g, ' ')
  if (language !== 'console') return joined
  return joined
    .split('\n')
    .flatMap(line => (line.startsWith('$ ') ? [line.slice(2)] : []))
    .join('\n')
}

// How examples call each program.
const programs = {
  'connect-okta':
    /(?:^|[\s(|;&"'])(?:connect-okta|npm start --|node \S*packages\/cli\/dist\/main\.js)[ \t]+([^|;&)>\n]*)/g,
  'okta-emulator': /(?:^|[\s(|;&"'])(?:okta-emulator|node \S*packages\/emulator\/dist\/main\.js)[ \t]+([^|;&)>\n]*)/g,
}

function commandsIn(script: string, program: keyof typeof programs): readonly (readonly string[])[] {
  const withoutComments = script.replaceAll(/(^|\s)#.*$/gm, '$1')
  return [...withoutComments.matchAll(programs[program])].map(([, words = '']) =>
    withoutProgram(words.split(/[\s"'`]+/).filter(Boolean)),
  )
}

// After --, exec and keygen have the command line of another program.
function withoutProgram(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--')
  return end === -1 ? words : words.slice(0, end)
}

/** Returns what is wrong with a command according to its help, or `undefined`. */
function fault(words: readonly string[]): string | undefined {
  const names = words.slice(0, words.findIndex(word => word.startsWith('-')) >>> 0)
  const isBare = names.length === 0
  const command = isBare ? help[0] : [...help].reverse().find(({ path }) => path.length > 0 && startsWith(names, path))
  if (command === undefined) return `unknown command ${names[0]}`
  const known = new Set(command.flags)
  const unknown = flagsOf(words).find(flag => !known.has(flag) && !known.has(flag.replace('--no-', '--')))
  return unknown === undefined ? undefined : `connect-okta ${command.path.join(' ')} has no ${unknown}`
}

const startsWith = (names: readonly string[], path: readonly string[]) => path.every((name, at) => names[at] === name)
const flagsOf = (words: readonly string[]) =>
  words.flatMap(word => (/^--?[a-z]/.test(word) ? [word.replace(/=.*/, '')] : []))

async function helpOf(_program: string, folder: string): Promise<string> {
  const main = new URL(`../../packages/${folder}/dist/main.js`, import.meta.url)
  return (await run(process.execPath, [main.pathname, '--help'])).stdout
}

const shown = pages.flatMap(({ path, blocks }) =>
  blocks
    // A new user has no tenant.
    .filter(({ language, code }) => language === 'console' && /^\$ connect-okta (?!.*--tenant|serve)/.test(code))
    .map(({ code, line }) => [`${path}:${line}`, code] as const),
)

describe('a command in the pages', () => {
  it.each(shown)('%s shows the output of the command for a new user', async (_where, code) => {
    const home = await mkdtemp(join(tmpdir(), 'home-'))
    const [typed = '', ...output] = code.trim().split('\n')
    const main = new URL('../../packages/cli/dist/main.cjs', import.meta.url).pathname
    const args = [main, ...typed.replace('$ connect-okta ', '').split(' ')]
    const env = { PATH: process.env.PATH, HOME: home }
    const outcome = await run(process.execPath, args, { env }).catch(error => error)
    expect(`${outcome.stderr}${outcome.stdout}`.trim()).toBe(output.join('\n'))
    await rm(home, { recursive: true, force: true })
  })

  it.each(scripts.map(({ where, script }) => [where, script] as const))(
    'of %s has valid syntax and known flags',
    async (_where, script) => {
      await expect(run('bash', ['-n', '-c', script])).resolves.toMatchObject({ stderr: '' })
      expect(commandsIn(script, 'connect-okta').flatMap(words => fault(words) ?? [])).toEqual([])
      const flags = commandsIn(script, 'okta-emulator').flatMap(flagsOf)
      expect(flags.filter(flag => !emulatorHelp.includes(flag))).toEqual([])
    },
  )

  it('is reported when the command or a flag is unknown', () => {
    const faults = (script: string) => commandsIn(script, 'connect-okta').map(fault)
    expect(faults('connect-okta token --format raw | cat')).toEqual([undefined])
    expect(faults('npm start -- tokn; x=$(connect-okta token --formt raw)')).toEqual([
      'unknown command tokn',
      'connect-okta token has no --formt',
    ])
    expect(faults('connect-okta login --no-browser # --not-a-flag')).toEqual([undefined])
    expect(faults('connect-okta --version')).toEqual([undefined])
  })
})
