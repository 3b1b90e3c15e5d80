import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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
const blocks = (page?.blocks ?? []).filter(({ language }) => language === 'sh').map(({ code }) => code)
const typed = blocks.slice(blocks.findIndex(code => code.startsWith('alias ')))

// The user in the configuration file that the page shows.
const user = { login: 'ada@example.com', password: 'correct horse' }

describe.skipIf(inject('systemNeeds').curl === undefined)(
  'docs/start.md, followed literally in an empty home folder',
  () => {
    let home: string
    let exitCode: unknown
    let stdout: string
    let stderr: string

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'start-'))
      await writeFile(join(home, 'browser.mjs'), browserProgram(user), { mode: 0o755 })
      const [org, callback] = [await freePort(), await freePort()]
      // Free ports, so that no other test uses them, and aliases, as in an interactive shell.
      const script = [
        'shopt -s expand_aliases',
        'set -e -o pipefail',
        `PWD=${root}`,
        ...typed,
        'kill %1',
        'wait || true',
      ]
        .join('\n')
        .replaceAll('8070', String(org))
        .replace('kind: spa', `kind: spa\n    redirectUris: ['http://localhost:${callback}/login/callback']`)
        .replace('connect-okta login', `$& --redirect-uri http://localhost:${callback}/login/callback`)
      const env = { PATH: process.env.PATH, HOME: home, BROWSER: join(home, 'browser.mjs') }
      const shell = spawn('bash', { cwd: home, env, stdio: 'pipe' })
      const outputs = Promise.all([text(shell.stdout), text(shell.stderr)])
      shell.stdin.end(script)
      ;[exitCode] = await once(shell, 'exit')
      ;[stdout, stderr] = await outputs
    })

    it('ends without an error', () => {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('error:') })
    })

    it('signs a user in, shows the sign-in, calls the API as the user, and signs out', () => {
      expect(stderr).toMatch(/Sign in with your browser/)
      expect(stdout).toContain('0oaPeopleSignIn00001')
      expect(stdout).toMatch(/"login": ?"ada@example.com"/)
      expect(stderr).toMatch(/Disconnected 0oaPeopleSignIn00001/)
    })

    it('connects an app with its key and calls the API', () => {
      expect(stdout.match(/"login": ?"ada@example.com"/g)?.length).toBeGreaterThanOrEqual(2)
      expect(typed).toHaveLength(5)
    })
  },
)
