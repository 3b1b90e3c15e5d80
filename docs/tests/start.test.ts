import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text as buffered } from 'node:stream/consumers'
import { freePort } from '@connect-okta/emulator'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { browserProgram } from '../../scripts/testing/browser-program.test.support.js'
import { readPages, root } from '../src/pages.mjs'

interface Page {
  readonly path: string
  readonly blocks: readonly { language: string; code: string }[]
}

// The commands of the page for the emulator, which begin with the aliases. The others are for an org of your own.
const page: Page | undefined = (await readPages()).find(({ path }: Page) => path === 'docs/start.md')
const blocksIn = (shell: string) =>
  (page?.blocks ?? []).filter(({ language }) => language === shell).map(({ code }) => code)
const blocks = blocksIn('sh')
const typed = blocks.slice(blocks.findIndex(code => code.startsWith('alias ')))
const inPowerShell = blocksIn('powershell')

// The user in the configuration file that the page shows.
const user = { login: 'ada@example.com', password: 'correct horse' }

// Runs commands of the page in an empty home folder, with free ports, so that no other test uses them.
async function runIn(shell: string, script: readonly string[], args: readonly string[] = []) {
  const home = await mkdtemp(join(tmpdir(), 'start-'))
  await writeFile(join(home, 'browser.mjs'), browserProgram(user), { mode: 0o755 })
  for (const [name, path] of Object.entries({
    'connect-okta': 'cli/dist/main.cjs',
    'okta-emulator': 'emulator/dist/main.js',
  })) {
    await writeFile(join(home, name), `#!/bin/sh\nexec node '${root}/packages/${path}' "$@"\n`, { mode: 0o755 })
  }
  const [org, callback] = [await freePort(), await freePort()]
  const text = script
    .join('\n')
    .replaceAll('8070', String(org))
    .replaceAll('kind: spa', `kind: spa\n    redirectUris: ['http://localhost:${callback}/login/callback']`)
    .replaceAll(
      /connect-okta login(?=.*0oaPeopleSignIn)/g,
      `$& --redirect-uri http://localhost:${callback}/login/callback`,
    )
    .replace('Connect-Okta', `$& -RedirectUri http://localhost:${callback}/login/callback`)
  const env = {
    PATH: `${home}${delimiter}${process.env.PATH}`,
    PSModulePath: `${root}/packages/powershell-shim/dist`,
    HOME: home,
    BROWSER: join(home, 'browser.mjs'),
    NO_COLOR: '1',
  }
  const file = join(home, 'script.ps1')
  await writeFile(file, `${text}\n`)
  const child = spawn(shell, [...args, file], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const outputs = Promise.all([buffered(child.stdout), buffered(child.stderr)])
  const [exitCode] = await once(child, 'exit')
  const [stdout, stderr] = await outputs
  return { exitCode, stdout, stderr }
}

describe.skipIf(inject('systemNeeds').curl === undefined)('docs/start.md, followed literally in sh, twice', () => {
  let result: Awaited<ReturnType<typeof runIn>>
  beforeAll(async () => {
    // Aliases, as in an interactive shell.
    const options = ['shopt -s expand_aliases', 'set -e -o pipefail', `PWD=${root}`]
    // The second time, there are profiles, and a key of another emulator.
    const withoutEnd = [...typed.slice(0, -1), 'kill %1', 'wait || true']
    result = await runIn('bash', [...options, ...withoutEnd, ...typed.slice(1), 'wait || true'])
  })

  it('ends without an error', () => {
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error:') })
  })

  it('signs a user in, shows the sign-in, calls the API as the user, and signs out', () => {
    expect(result.stderr).toMatch(/Sign in with your browser/)
    expect(result.stdout).toContain('0oaPeopleSignIn00001')
    expect(result.stdout).toMatch(/"login": ?"ada@example.com"/)
    expect(result.stderr.match(/Disconnected 0oaPeopleSignIn00001/g)).toHaveLength(2)
  })

  it('connects an app with its key and calls the API', () => {
    expect(result.stdout.match(/"login": ?"ada@example.com"/g)?.length).toBeGreaterThanOrEqual(4)
    expect(typed).toHaveLength(6)
  })
})

describe.skipIf(inject('systemNeeds').pwsh === undefined)('docs/start.md, followed literally in PowerShell', () => {
  it('signs a user in and connects an app without an error', { timeout: 60_000 }, async () => {
    const pwsh = inject('systemNeeds').pwsh ?? ''
    const script = ["$ErrorActionPreference = 'Stop'", ...inPowerShell, '$emulator.Kill($true)'].join('\n')
    // Without -NonInteractive, with which no user can sign in.
    const { exitCode, stdout, stderr } = await runIn(pwsh, [script], ['-NoProfile', '-File'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/ClientId +: 0oaPeopleSignIn00001/)
    expect(stdout.match(/^ada@example.com$/gm)).toHaveLength(2)
    expect(inPowerShell).toHaveLength(3)
  })
})
