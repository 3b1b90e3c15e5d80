import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, createMemoryStore, openBrowser } from './index.js'
import { freeRedirectUri } from './person.test.support.js'

const executablePath = inject('systemNeeds').chromium
const screenshots = fileURLToPath(new URL('../../../test-results/screenshots', import.meta.url))
const args = [...inject('chromiumArguments')]

const views = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'light-narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'dark-wide', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { name: 'dark-narrow', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const

describe.skipIf(executablePath === undefined)('a sign-in in Chromium', () => {
  let okta: OktaEmulator
  let redirectUri: string

  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
    await mkdir(screenshots, { recursive: true })
  })
  afterAll(() => okta.close())

  /** A browser with nothing in it, closed when the test ends. */
  async function openChromium(view: (typeof views)[number]): Promise<BrowserContext & AsyncDisposable> {
    const { colorScheme, viewport } = view
    const profile = await mkdtemp(join(tmpdir(), 'chromium-'))
    const path = executablePath ?? ''
    const options = { executablePath: path, args, colorScheme, viewport }
    const context = await chromium.launchPersistentContext(profile, options)
    return Object.assign(context, { [Symbol.asyncDispose]: () => context.close() })
  }

  function connectIn(page: Page, act: (page: Page) => Promise<unknown>, user = okta.users[0]) {
    const attempt = connect(
      {
        tenant: okta.orgUrl.origin,
        clientId: okta.client('spa').clientId,
        scopes: ['okta.users.read'],
        redirectUri,
        timeoutMs: 20_000,
      },
      {
        store: createMemoryStore(),
        async openBrowser(url) {
          await page.goto(url.href)
          await page.getByLabel('Username').fill(user?.login ?? '')
          await page.getByLabel('Password').fill(user?.password ?? '')
          await act(page)
        },
      },
    )
    // A failure is looked at when the page has been.
    attempt.catch(() => {})
    return attempt
  }

  it.each(views)('is readable: $name', async view => {
    await using browser = await openChromium(view)
    const [page = await browser.newPage()] = browser.pages()
    const session = await connectIn(page, async () => {
      await page.screenshot({ path: join(screenshots, `sign-in-${view.name}.png`) })
      await page.getByRole('button', { name: 'Sign in' }).click()
    })
    await page.getByRole('heading', { name: `Connected to ${okta.orgUrl.host}` }).waitFor()
    await page.screenshot({ path: join(screenshots, `connected-${view.name}.png`) })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)

    // Nothing sticks out, so nobody has to scroll sideways; and the style was not refused by the page's own policy.
    const root = 'document.documentElement'
    expect(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)).toBe(0)
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(background).toBe(view.colorScheme === 'dark' ? 'rgb(20, 22, 26)' : 'rgb(244, 245, 247)')
  })

  it('works by keyboard alone', async () => {
    await using browser = await openChromium(views[0])
    const [page = await browser.newPage()] = browser.pages()
    const session = await connectIn(page, async () => {
      await page.getByLabel('Password').press('Enter')
    })
    expect((await session.token()).source).toBe('memory')
  })

  it('tells a person whom the app is not assigned to, in the page', async () => {
    await using browser = await openChromium(views[0])
    const [page = await browser.newPage()] = browser.pages()
    const attempt = connectIn(page, () => page.getByRole('button', { name: 'Sign in' }).click(), okta.users[2])
    await page.getByText('User is not assigned to the client application.').waitFor()
    await page.screenshot({ path: join(screenshots, 'refused-light-wide.png') })
    await expect(attempt).rejects.toMatchObject({ code: 'login_denied' })
  })

  it('begins at the file that a browser is opened with', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'browser-'))
    const [command, seen] = [join(folder, 'browser'), join(folder, 'seen')]
    // The program that BROWSER names says what it was opened with; Chromium opens that.
    await writeFile(command, `#!/bin/sh\necho "$1" > ${seen}\n`, { mode: 0o755 })
    await using browser = await openChromium(views[0])
    const [page = await browser.newPage()] = browser.pages()
    const options = {
      tenant: okta.orgUrl.origin,
      clientId: okta.client('spa').clientId,
      redirectUri,
      timeoutMs: 20_000,
    }
    const session = await connect(
      { ...options, scopes: ['okta.users.read'] },
      {
        store: createMemoryStore(),
        async openBrowser(url, signal) {
          await openBrowser(url, { signal, environment: { PATH: process.env.PATH, BROWSER: command } })
          await page.goto((await readFile(seen, 'utf8')).trim())
          await page.getByLabel('Username').fill(okta.users[0]?.login ?? '')
          await page.getByLabel('Password').fill(okta.users[0]?.password ?? '')
          await page.getByRole('button', { name: 'Sign in' }).click()
        },
      },
    )
    expect(session.account?.login).toBe(okta.users[0]?.login)
    await expect(stat(fileURLToPath((await readFile(seen, 'utf8')).trim()))).rejects.toThrow('ENOENT')
  })

  it('asks nothing of anybody but the org and this machine', async () => {
    await using browser = await openChromium(views[0])
    const [page = await browser.newPage()] = browser.pages()
    const origins = new Set<string>()
    page.on('request', request => origins.add(new URL(request.url()).origin))
    await connectIn(page, () => page.getByRole('button', { name: 'Sign in' }).click())
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    expect([...origins].sort()).toEqual([okta.orgUrl.origin, new URL(redirectUri).origin].sort())
  })
})
