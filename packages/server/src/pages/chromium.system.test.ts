import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { screenshot } from '../../../../scripts/testing/screenshot.js'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../../test/support/broker.test.support.js'

const executablePath = inject('systemNeeds').chromium
const screenshots = fileURLToPath(new URL('../../../../test-results/screenshots', import.meta.url))
const args = [...inject('chromiumArguments')]

const views = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark-narrow', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const

describe.skipIf(executablePath === undefined)('the pages in Chromium', () => {
  let okta: OktaEmulator
  let broker: TestBroker

  beforeAll(async () => {
    const port = await freePort()
    const redirectUris = [`http://localhost:${port}/login/callback`]
    okta = await startOktaEmulator({
      clients: [
        { kind: 'spa', redirectUris },
        { kind: 'service', dpop: true },
      ],
    })
    const config = {
      connections: {
        desk: connectionOf(okta, okta.client('spa'), { signIn: [okta.users[0]?.login] }),
        'nightly-export': connectionOf(okta, okta.client('service', { dpop: true })),
        offline: {
          tenant: `http://127.0.0.1:${await freePort()}`,
          clientId: '0oaNobodyAtHome00001',
          key: { file: 'key.json' },
        },
      },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk', 'nightly-export'] } },
    }
    const key = JSON.stringify(okta.client('service').jwk)
    broker = await startBroker(config, { port, files: { ...filesOf(okta), 'key.json': key } })
    await mkdir(screenshots, { recursive: true })
  })
  afterAll(async () => {
    await broker.stop()
    await okta.close()
  })
  beforeEach(() => broker.advance(10_000))

  /** A browser with an empty profile that is deleted when the test ends. */
  async function openChromium(view: (typeof views)[number] = views[0]): Promise<BrowserContext & AsyncDisposable> {
    const { colorScheme, viewport } = view
    const profile = await mkdtemp(join(tmpdir(), 'chromium-'))
    const options = { executablePath: executablePath ?? '', args, colorScheme, viewport }
    const context = await chromium.launchPersistentContext(profile, options)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: broker.url })
    return Object.assign(context, {
      async [Symbol.asyncDispose]() {
        await context.close()
        await rm(profile, { recursive: true, force: true })
      },
    })
  }

  async function signIn(page: Page, user = okta.users[0]) {
    await page.getByRole('button', { name: /^Sign in at/ }).click()
    await page.getByLabel('Username').fill(user?.login ?? '')
    await page.getByLabel('Password').fill(user?.password ?? '')
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function token(): Promise<Response> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', connection: 'desk' })
    const headers = { authorization: basic('payroll') }
    return await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
  }

  async function shoot(page: Page, name: string) {
    await screenshot(page, { path: join(screenshots, `broker-${name}.png`), fullPage: true })
    // No horizontal scrolling.
    const root = 'document.documentElement'
    expect(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)).toBe(0)
  }

  it.each(views)('sign a user in and out: $name', async view => {
    await using browser = await openChromium(view)
    const [page = await browser.newPage()] = browser.pages()
    const complaints: string[] = []
    page.on('console', message => complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
    // Opened by 127.0.0.1: the cookie must be set for localhost, which Okta redirects to.
    await page.goto(`http://127.0.0.1:${broker.port}/`)
    expect(page.url()).toBe(`${broker.url}/`)
    await page.getByText('Sign-in required').waitFor()
    await shoot(page, `home-signed-out-${view.name}`)
    expect((await token()).status).toBe(400)

    await page.getByRole('link', { name: 'Sign in' }).click()
    await shoot(page, `login-${view.name}`)
    await signIn(page)
    await page.getByText(okta.users[0]?.login ?? '').waitFor()
    expect(page.url()).toBe(`${broker.url}/`)
    await shoot(page, `home-signed-in-${view.name}`)
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(background).toBe(view.colorScheme === 'dark' ? 'rgb(20, 22, 26)' : 'rgb(244, 245, 247)')

    const answer = await token()
    expect(answer.status).toBe(200)
    await page.getByRole('button', { name: 'Copy: Get a token, desk' }).click()
    const copied = await page.evaluate('navigator.clipboard.readText()')
    expect(copied).toBe(`connect-okta token --broker ${broker.url} --client payroll --connection desk`)
    const { access_token } = (await answer.json()) as { access_token: string }
    expect(await page.content()).not.toContain(access_token)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('Sign-in required').waitFor()
    expect((await token()).status).toBe(400)
    const api = await fetch(new URL('/api/v1/users/me', okta.orgUrl), {
      headers: { authorization: `Bearer ${access_token}` },
    })
    expect(api.status).toBe(401)
    const audited = broker.lines().filter(({ audit }) => /^sign/.test(String(audit)))
    expect(audited.slice(-2)).toMatchObject([
      { audit: 'sign_in' },
      { audit: 'sign_out', userName: okta.users[0]?.login },
    ])
    expect(complaints).toEqual([])
  })

  it('can be used by keyboard and with a screen reader', async () => {
    await using browser = await openChromium()
    const [page = await browser.newPage()] = browser.pages()
    await page.goto(`${broker.url}/login/desk`)
    expect(await page.title()).toBe('Sign in for desk · Connect-Okta')
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    for (const focused of ['Connect-Okta', `Sign in at ${okta.orgUrl.host}`]) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.textContent')).toBe(focused)
    }
    await page.keyboard.press('Enter')
    await page.getByLabel('Username').waitFor()
    await page.goto(`${broker.url}/`)
    const headings = await page.getByRole('heading').allTextContents()
    expect(headings).toEqual(['Connections', 'desk', 'nightly-export', 'offline'])
    expect(await page.getByRole('region', { name: 'desk' }).count()).toBe(1)
  })

  it('reject an account that is not listed in signIn, and revoke its tokens', async () => {
    await using browser = await openChromium()
    const [page = await browser.newPage()] = browser.pages()
    await page.goto(`${broker.url}/login/desk`)
    okta.clearRequests()
    await signIn(page, okta.users[1])
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor()
    await page.getByText('is not allowed to sign in.').waitFor()
    // Neither the code nor the state stays in the address bar.
    expect(page.url()).toBe(`${broker.url}/`)
    await shoot(page, 'rejected-light-wide')
    expect((await token()).status).toBe(400)
    expect(okta.requests.filter(({ path }) => path.endsWith('/revoke'))).not.toEqual([])
    const rejected = broker.lines().filter(({ audit }) => audit === 'sign_in_rejected')
    expect(rejected.at(-1)).toMatchObject({ connection: 'desk', userName: okta.users[1]?.login })
  })

  it('cannot be framed (clickjacking)', async () => {
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<iframe src="${broker.url}/login/desk"></iframe>`)
    }).listen(0, '127.0.0.1')
    await using browser = await openChromium()
    const [page = await browser.newPage()] = browser.pages()
    const blocked = page.waitForEvent('console', message => /frame/i.test(message.text()))
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`)
    expect((await blocked).text()).toMatch(/X-Frame-Options|frame-ancestors/)
    expect(await page.frames().at(1)?.getByRole('button').count()).toBe(0)
    site.closeAllConnections()
    site.close()
  })

  it('run no injected script', async () => {
    await using browser = await openChromium()
    const [page = await browser.newPage()] = browser.pages()
    const response = await page.goto(`${broker.url}/login/callback?state=%3Cscript%3Ealert(1)%3C/script%3E&error=x`)
    expect(response?.status()).toBe(400)
    await shoot(page, 'no-such-sign-in-light-wide')
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(await page.content()).not.toContain('alert(1)')
    // Even a script that was injected is blocked by the CSP.
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      return window.ran === true
    })()`)
    expect(ran).toBe(false)
  })
})
