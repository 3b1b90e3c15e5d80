import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openTab, signIn, startChromium, type Tab } from '../support/chromium.js'
import { linesOf } from '../support/requests.js'
import { type RunningWebApp, startWebApp, type WebApp } from '../support/web-app.js'

const { openssl, chromium } = inject('systemNeeds')

/** Describes what a web app does with an org, whatever its language. */
export function describeWebApp(app: WebApp): void {
  describe.skipIf(!openssl || !chromium || app.isMissing)(app.name, () => {
    let browser: Browser
    let running: RunningWebApp
    let tab: Tab
    let page: Page
    beforeAll(async () => {
      browser = await startChromium()
      running = await startWebApp(app)
    })
    beforeEach(async () => {
      tab = await openTab(browser)
      page = tab.page
    })
    afterEach(async context => {
      if (context.task.result?.state === 'fail') process.stderr.write(`${running.printed()}\n`)
      await tab[Symbol.asyncDispose]()
      running.okta.reset()
    })
    afterAll(async () => {
      await browser?.close()
      await running?.[Symbol.asyncDispose]()
    })

    /** Signs in and returns the text and the status of the page that the app shows then. */
    async function signInAtApp(user = running.okta.users[0]) {
      await page.goto(`${running.url}/login`)
      await signIn(page, user)
      await page.waitForURL(({ href }) => href.startsWith(`${running.url}/`))
      await page.waitForLoadState()
      return page.locator('body').textContent()
    }

    const statusOfLogin = async () => (await tab.context.request.get(`${running.url}/login`)).status()

    it('signs a user in', async () => {
      const { id } = running.okta.users[0] ?? {}
      expect((await signInAtApp())?.trim()).toBe(`Signed in: ${id} Ada Lovelace`)
      expect(linesOf(running.okta.requests)).toEqual(expect.arrayContaining([...app.requests]))
      const token = running.okta.requests.find(({ path }) => path.endsWith('/token'))
      expect(token?.form.client_id).toBe(app.method === 'client_secret_post' ? running.clientId : undefined)
    })

    if (app.signedOutPath !== undefined) {
      it('signs the user out', async () => {
        await signInAtApp()
        await page.goto(`${running.url}${app.signOutPath?.(running.url) ?? '/logout'}`)
        await page.waitForURL(`${running.url}/`)
        expect((await page.locator('body').textContent())?.trim()).toBe('Signed out')
        // The session of the org has ended too.
        await page.goto(`${running.url}/login`)
        await page.getByLabel('Password').waitFor()
      })
    }

    it('signs no user in when the user or the password is unknown', async () => {
      await page.goto(`${running.url}/login`)
      for (const user of [
        { login: 'unknown@example.com', password: 'unknown' },
        { login: running.okta.users[0]?.login ?? '', password: 'wrong' },
      ]) {
        await signIn(page, user)
        await page.getByText('Unable to sign in').waitFor()
      }
    })

    it('signs no user in when the state of the response is wrong', async () => {
      const url = `${running.redirectUri}?code=made-up&state=another`
      expect((await tab.context.request.get(url)).status()).toBeGreaterThanOrEqual(400)
      expect(linesOf(running.okta.requests).filter(line => line.startsWith('POST'))).toEqual([])
    })

    it('signs no user in when the redirect URI is not registered', async () => {
      await running.okta.update(running.clientId, { redirectUris: [`${running.url}/other`] })
      if (app.pushesRequests) {
        expect(await statusOfLogin()).toBe(500)
        expect(running.okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/par', error: 'invalid_request' })
      } else {
        await page.goto(`${running.url}/login`)
        await page.getByText("The 'redirect_uri' parameter must be a Login redirect URI").waitFor()
      }
      await running.okta.update(running.clientId, { redirectUris: [running.redirectUri] })
    })

    it('signs no user in when its secret is wrong', async () => {
      await running.restart({ CLIENT_SECRET: 'wrong' })
      if (app.pushesRequests) expect(await statusOfLogin()).toBe(500)
      else expect(await signInAtApp()).not.toContain('Signed in')
      expect(running.okta.requests.at(-1)).toMatchObject({
        path: app.pushesRequests ? '/oauth2/v1/par' : '/oauth2/v1/token',
        status: 401,
        error: 'invalid_client',
      })
      await page.goto(running.url)
      expect((await page.locator('body').textContent())?.trim()).toBe('Signed out')
    })
  })
}
