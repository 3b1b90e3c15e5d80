import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openBrowser } from './open-browser.js'

const url = new URL('https://example.okta.com/')

describe('openBrowser', () => {
  it('is done when the browser has started, or has handed the address on', async () => {
    await openBrowser(url, { PATH: process.env.PATH, BROWSER: 'true' })
  })

  it.each(['false', '/nonexistent/browser'])('fails when the browser does: %s', async BROWSER => {
    const attempt = openBrowser(url, { PATH: process.env.PATH, BROWSER })
    await expect(attempt).rejects.toMatchObject({ code: 'browser_failed', hint: expect.stringContaining('BROWSER') })
  })

  it('settles also where nothing else keeps the process alive', async () => {
    // A browser that lives on for a while, as browsers do.
    const browser = join(await mkdtemp(join(tmpdir(), 'browser-')), 'browser.sh')
    await writeFile(browser, '#!/bin/sh\nsleep 3\n', { mode: 0o755 })
    const module = new URL('../dist/index.js', import.meta.url).href
    const script = `import { openBrowser } from ${JSON.stringify(module)}
      await openBrowser(new URL('https://example.okta.com/'), { PATH: process.env.PATH, BROWSER: ${JSON.stringify(browser)} })
      console.log('opened')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('opened\n')
  })
})
