import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { screenshot } from '../../../../scripts/testing/screenshot.js'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { freeRedirectUri } from '../../test/support/sign-in-org.test.support.js'
import { connect } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { openBrowser } from './open-browser.js'

const executablePath = inject('systemNeeds').chromium
const screenshots = fileURLToPath(new URL('../../../../test-results/screenshots', import.meta.url))

describe.skipIf(executablePath === undefined)('a sign-in in Chromium', () => {
  let okta: OktaEmulator
  let redirectUri: string
  let browser: Browser

  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...inject('chromiumArguments')] })
    await mkdir(screenshots, { recursive: true })
  })
  afterAll(async () => {
    await browser.close()
    await okta.close()
  })

  async function openPage(options: BrowserContextOptions = {}): Promise<{ page: Page } & AsyncDisposable> {
    const context = await browser.newContext(options)
    return { page: await context.newPage(), [Symbol.asyncDispose]: () => context.close() }
  }

  async function signIn(
    page: Page,
    open: (url: URL, signal: AbortSignal | undefined) => Promise<unknown>,
    submit: () => Promise<void>,
  ) {
    const options = { tenant: okta.orgUrl.origin, clientId: okta.client('spa').clientId, redirectUri }
    return await connect(
      { ...options, scopes: ['okta.users.read'] },
      {
        store: createMemoryStore(),
        async openBrowser(url, signal) {
          await open(url, signal)
          await page.getByLabel('Username').fill(okta.users[0]?.login ?? '')
          await page.getByLabel('Password').fill(okta.users[0]?.password ?? '')
          await submit()
        },
      },
    )
  }

  it.each([
    {
      name: 'light-wide',
      colorScheme: 'light',
      viewport: { width: 1280, height: 800 },
      background: 'rgb(244, 245, 247)',
    },
    { name: 'dark-narrow', colorScheme: 'dark', viewport: { width: 360, height: 740 }, background: 'rgb(20, 22, 26)' },
  ] as const)(
    'ends at a readable page when the user signs in with the keyboard ($name)',
    async ({ name, background, ...view }) => {
      await using opened = await openPage(view)
      const { page } = opened
      const origins = new Set<string>()
      page.on('request', request => origins.add(new URL(request.url()).origin))
      const session = await signIn(
        page,
        url => page.goto(url.href),
        async () => {
          await screenshot(page, { path: join(screenshots, `sign-in-${name}.png`) })
          await page.getByLabel('Password').press('Enter')
        },
      )
      await page.getByRole('heading', { name: `Connected to ${okta.orgUrl.host}` }).waitFor()
      await screenshot(page, { path: join(screenshots, `connected-${name}.png`) })
      expect(await page.title()).toBe(`Connected to ${okta.orgUrl.host} · Connect-Okta`)
      await page.getByText(`You are signed in as ${okta.users[0]?.login}.`).waitFor()
      // Neither the code nor the state stays in the address bar.
      expect(page.url()).toBe(redirectUri)
      expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
      // No horizontal scrolling. The content security policy allows the style, and the page loads nothing from other hosts.
      const root = 'document.documentElement'
      expect(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)).toBe(0)
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background)
      expect([...origins].sort()).toEqual([okta.orgUrl.origin, new URL(redirectUri).origin].sort())
    },
  )

  it('starts from the local file that openBrowser passes to the browser', async () => {
    const folder = await newFolder()
    const [command, recorded] = [join(folder, 'browser'), join(folder, 'recorded')]
    // The program that BROWSER names writes its argument to a file. Chromium opens that argument.
    await writeFile(command, `#!/bin/sh\necho "$1" > ${recorded}.part\nmv ${recorded}.part ${recorded}\n`, {
      mode: 0o755,
    })
    await using opened = await openPage()
    const { page } = opened
    const openedFileUrl = () => vi.waitFor(async () => (await readFile(recorded, 'utf8')).trim(), 20_000)
    const session = await signIn(
      page,
      async (url, signal) => {
        await openBrowser(url, { signal, environment: { PATH: process.env.PATH, BROWSER: command } })
        await page.goto(await openedFileUrl())
      },
      () => page.getByRole('button', { name: 'Sign in' }).click(),
    )
    expect(session.account?.login).toBe(okta.users[0]?.login)
    await expect(stat(fileURLToPath(await openedFileUrl()))).rejects.toThrow('ENOENT')
  })
})
