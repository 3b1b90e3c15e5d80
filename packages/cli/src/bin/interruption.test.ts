import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { startOrg } from '../../test/support/hostile-org.test.support.js'
import { emptyHome } from '../../test/support/run.test.support.js'
import { spawnProgram } from '../../test/support/spawn.test.support.js'

let home: string
beforeEach(async () => {
  home = await emptyHome()
})

describe.skipIf(process.platform === 'win32')('login', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('removes the file that the browser opens when %s ends it', async (signal, code) => {
    const browser = join(home, 'browser.sh')
    await writeFile(browser, '#!/bin/sh\nexec sleep 3\n')
    await chmod(browser, 0o755)
    const folder = join(home, 'tmp')
    await mkdir(folder, { mode: 0o700 })
    const [flag = '', tenant = ''] = await startOrg(home, () => {})
    const app = [flag, tenant, '--client-id', '0oa1', '--redirect-uri', await freeRedirectUri()]
    const { child, end } = spawnProgram(['login', ...app], { HOME: home, TMPDIR: folder, BROWSER: browser })
    await expect.poll(() => readdir(folder)).toHaveLength(1)
    child.kill(signal)
    expect(await end).toEqual({ code, signal: null })
    expect(await readdir(folder)).toEqual([])
  })
})

// Reports on stderr when the program opens the pipe.
const reportsOpen = `
  const fs = require('node:fs')
  for (const module of [fs, fs.promises]) {
    const { open } = module
    module.open = (path, ...rest) => {
      if (String(path).endsWith('/pipe')) process.stderr.write('opens the pipe')
      return open(path, ...rest)
    }
  }`

describe.skipIf(process.platform === 'win32')('a signal', () => {
  it.each([
    ['the file of a key', ['login', '--client-id', '0oa1', '--jwk-file']],
    ['the file of a body', ['api', 'POST', '/x', '--input']],
  ])('ends a command that reads a pipe without a writer as %s', async (_what, args) => {
    const pipe = join(home, 'pipe')
    await once(spawn('mkfifo', [pipe]), 'exit')
    await writeFile(join(home, 'opens.cjs'), reportsOpen)
    const env = { HOME: home, NODE_OPTIONS: `--require ${join(home, 'opens.cjs')}` }
    const { child, end } = spawnProgram([...args, pipe, '--tenant', 'x.okta.com'], env)
    child.stderr.once('data', () => child.kill('SIGINT'))
    expect(await end).toEqual({ code: null, signal: 'SIGINT' })
  })

  it('ends a command with its own exit code when it waits for a response', async () => {
    let isAsked = false
    const org = await startOrg(home, () => {
      isAsked = true
    })
    const { child, result } = spawnProgram(['api', '/x', ...org], { HOME: home })
    await expect.poll(() => isAsked).toBe(true)
    child.kill('SIGTERM')
    expect(await result()).toMatchObject({ code: 143, signal: null, stderr: expect.stringContaining('(cancelled)') })
  })
})
