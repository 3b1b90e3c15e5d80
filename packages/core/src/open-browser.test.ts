import { execFile } from 'node:child_process'
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
    const module = new URL('../dist/index.js', import.meta.url).href
    const script = `import { openBrowser } from ${JSON.stringify(module)}
      await openBrowser(new URL('https://example.okta.com/'), { PATH: process.env.PATH, BROWSER: 'yes' })
      console.log('opened')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('opened\n')
  })
})
