import type { EmulatorUser } from '../org/directory.js'

/** What the browser shows. */
export interface BrowserPage {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Where the page leads without being asked, when that is outside of the org: most often a redirect URI. */
  readonly leavesFor: URL | undefined
}

/** Who signs in. */
export type Credentials = Pick<EmulatorUser, 'login' | 'password'>

/**
 * A person at a browser, for tests: keeps cookies, follows redirects and fills in the sign-in form. It runs no scripts.
 *
 * @example
 * const browser = new ScriptedBrowser(okta)
 * const callback = await browser.signIn(authorizeUrl, okta.users[0])
 */
export class ScriptedBrowser {
  readonly #orgUrl: URL
  readonly #cookies = new Map<string, { value: string; path: string }>()

  /** @param org the org that asks to sign in; cookies go nowhere else. */
  constructor({ orgUrl }: { readonly orgUrl: URL }) {
    this.#orgUrl = orgUrl
  }

  /** Opens a URL. Ends at a page of the org, or before the redirect that leaves it. */
  async open(url: URL | string, init: RequestInit = {}): Promise<BrowserPage> {
    const target = new URL(url, this.#orgUrl)
    const headers = { ...init.headers, ...this.#cookieFor(target) }
    const response = await fetch(target, { ...init, headers, redirect: 'manual' })
    const page = { url: target, status: response.status, headers: response.headers, text: await response.text() }
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const location = response.headers.get('location')
    if (location === null) return { ...page, leavesFor: undefined }
    const next = new URL(location, target)
    return next.origin === this.#orgUrl.origin ? this.open(next) : { ...page, leavesFor: next }
  }

  /**
   * Opens an authorization request and signs in where the org asks to.
   *
   * @param user who signs in; `undefined`, what an empty list of users gives, is an error where the org asks.
   * @returns where the org then sends the browser: the redirect URI, with its answer. It is not visited.
   * @throws {Error} with the page, when the org did not let the user through
   */
  async signIn(url: URL | string, user: Credentials | undefined): Promise<URL> {
    return await this.#fillIn(await this.open(url), user)
  }

  /** As {@link signIn}, and goes on as far as a browser would: ends at the page that the app shows. */
  async visit(url: URL | string, user: Credentials | undefined): Promise<BrowserPage> {
    let page = await this.open(url)
    // An app may send the browser back to the org, for another try.
    while (page.leavesFor !== undefined || page.url.origin === this.#orgUrl.origin) {
      page = await this.open(await this.#fillIn(page, user))
    }
    return page
  }

  /**
   * Activates a device: signs in where the org asks to, enters the code and decides.
   *
   * @param verificationUri the one that the device shows, complete or not
   * @returns the last page, which says how it ended
   */
  async activate(
    verificationUri: URL | string,
    user: Credentials,
    { userCode, decision = 'allow' }: { readonly userCode?: string; readonly decision?: 'allow' | 'deny' } = {},
  ): Promise<BrowserPage> {
    const code = userCode ?? new URL(verificationUri, this.#orgUrl).searchParams.get('user_code') ?? ''
    const send = (path: string, form: Record<string, string>) =>
      this.open(path, { method: 'POST', body: new URLSearchParams({ user_code: code, ...form }) })
    const { text } = await this.open(verificationUri)
    if (text.includes('name="password"')) {
      const asked = await send('/activate/sign-in', { username: user.login, password: user.password })
      if (asked.status !== 200) return asked
    }
    const shown = await send('/activate', {})
    return shown.status === 200 ? send('/activate/decision', { decision }) : shown
  }

  async #fillIn(form: BrowserPage, user: Credentials | undefined): Promise<URL> {
    if (form.leavesFor !== undefined) return form.leavesFor
    if (user === undefined) throw new Error('the org asks to sign in, and there is no user')
    const body = new URLSearchParams({ username: user.login, password: user.password })
    const { leavesFor, text } = await this.open(form.url, { method: 'POST', body })
    if (leavesFor === undefined) throw new Error(`the sign-in did not end:\n${text}`)
    return leavesFor
  }

  #cookieFor({ origin, pathname }: URL): Record<string, string> {
    if (origin !== this.#orgUrl.origin) return {}
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path))
    return { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') }
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim())
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const path = attributes.find(attribute => /^path=/i.test(attribute))?.slice(5) ?? '/'
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, { value, path })
  }
}
