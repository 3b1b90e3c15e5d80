import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { screenshot } from '../../../scripts/testing/screenshot.js'
import { type OktaEmulator, startOktaEmulator } from '../src/start-okta-emulator.js'
import { authorizeUrl, post } from './support/relying-party.test.support.js'

const executablePath = inject('systemNeeds').chromium
const screenshots = fileURLToPath(new URL('../../../test-results/screenshots', import.meta.url))
const args = [...inject('chromiumArguments')]

const views = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 1100, height: 800 } },
  { name: 'dark-narrow', colorScheme: 'dark', viewport: { width: 400, height: 800 } },
] as const

describe.skipIf(executablePath === undefined)('the pages in Chromium with the keyboard', () => {
  let okta: OktaEmulator
  let browser: Browser
  beforeAll(async () => {
    okta = await startOktaEmulator()
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
    await mkdir(screenshots, { recursive: true })
  })
  afterAll(async () => {
    await browser.close()
    await okta.close()
  })

  /** Opens a page in a new browser context. */
  async function open({ name, ...options }: (typeof views)[number]) {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const consoleMessages: string[] = []
    page.on('console', message => consoleMessages.push(message.text()))
    const shot = async (what: string) => {
      await screenshot(page, { path: `${screenshots}/emulator-${what}-${name}.png`, fullPage: true })
      const { width } = options.viewport
      expect(await page.evaluate('document.documentElement.scrollWidth'), `${what} fits`).toBeLessThanOrEqual(width)
    }
    return { page, shot, consoleMessages, [Symbol.asyncDispose]: () => context.close() }
  }

  async function type(page: Page, ...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (/^(Tab|Enter|ArrowDown)$/.test(key)) await page.keyboard.press(key)
      else await page.keyboard.type(key)
    }
  }

  it.each(views)('activate a device ($name)', async view => {
    await using session = await open(view)
    const { page, shot, consoleMessages } = session
    const { clientId: client_id } = okta.client('native')
    const { body } = await post(okta, '/oauth2/v1/device/authorize', { client_id, scope: 'openid okta.users.read' })
    const { login = '', password = '' } = okta.users[0] ?? {}
    await page.goto(String(body.verification_uri_complete))
    await shot('device-sign-in')
    await type(page, login, 'Tab', password, 'Enter')
    await page.getByLabel('Code shown on your device').waitFor()
    await shot('device-code')
    await type(page, 'Enter')
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await shot('device-confirm')
    await type(page, 'Tab', 'Enter')
    await page.getByRole('heading', { name: 'Device activated' }).waitFor()
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const form = { grant_type, client_id, device_code: String(body.device_code) }
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
    expect(consoleMessages).toEqual([])
  })

  it.each(views)('set a fault and reset the org ($name)', async view => {
    await using session = await open(view)
    const { page, shot, consoleMessages } = session
    await page.goto(authorizeUrl(okta, okta.client('spa')).href)
    await shot('sign-in')
    await page.goto(new URL('/_emulator', okta.localUrl).href)
    await page.getByLabel('Fault', { exact: true }).focus()
    await type(page, 'ArrowDown', 'Tab', 'Tab', '2', 'Tab', 'Enter')
    await page.getByRole('button', { name: /^Remove fault/ }).waitFor()
    await shot('control-panel')
    expect(await post(okta, '/oauth2/v1/token', {})).toMatchObject({ status: 500 })
    await page.getByRole('button', { name: 'Reset the org' }).focus()
    await type(page, 'Enter')
    await page.getByText('No faults are set.').waitFor()
    expect(await post(okta, '/oauth2/v1/token', {})).toMatchObject({ status: 400 })
    expect(consoleMessages).toEqual([])
  })
})
