import type { EmulatorUser } from '../org/users/user.js'

/** A page that the browser opened. */
export interface BrowserPage {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The target of a redirect to another origin, usually a redirect URI. It has not been opened. */
  readonly externalRedirect: URL | undefined
}

/** The credentials of a user. */
export type Credentials = Pick<EmulatorUser, 'login' | 'password'>

/**
 * A user with a browser, for tests. It stores cookies, follows redirects and submits the sign-in form. It runs no scripts.
 *
 * @example
 * const browser = new ScriptedBrowser(okta)
 * const callback = await browser.signIn(authorizeUrl, okta.users[0])
 */
export class ScriptedBrowser {
  readonly #orgUrl: URL
  readonly #cookies = new Map<string, { value: string; path: string }>()

  /** @param org the org to sign in to; cookies are sent only to it */
  constructor({ orgUrl }: { readonly orgUrl: URL }) {
    this.#orgUrl = orgUrl
  }

  /** Opens a URL. Follows redirects, except to another origin. */
  async open(url: URL | string, init: RequestInit = {}): Promise<BrowserPage> {
    const target = new URL(url, this.#orgUrl)
    const headers = { ...init.headers, ...this.#cookieFor(target) }
    const response = await fetch(target, { ...init, headers, redirect: 'manual' })
    const page = { url: target, status: response.status, headers: response.headers, text: await response.text() }
    for (const line of response.headers.getSetCookie()) this.#storeCookie(line)
    const location = response.headers.get('location')
    if (location === null) return { ...page, externalRedirect: undefined }
    const next = new URL(location, target)
    return next.origin === this.#orgUrl.origin ? this.open(next) : { ...page, externalRedirect: next }
  }

  /**
   * Opens an authorization request, and signs in when the org shows the sign-in page.
   *
   * @param user the user; `undefined` (the type of `okta.users[0]`) is an error when the org shows the sign-in page
   * @returns the redirect URI with the authorization response; it is not opened
   * @throws {Error} when the sign-in fails; the message contains the page
   */
  async signIn(url: URL | string, user: Credentials | undefined): Promise<URL> {
    return await this.#submitSignIn(await this.open(url), user)
  }

  /** Like {@link signIn}, but also opens the redirect URI. Returns the page that the app shows. */
  async visit(url: URL | string, user: Credentials | undefined): Promise<BrowserPage> {
    let page = await this.open(url)
    // The app can redirect back to the org for another attempt.
    while (page.externalRedirect !== undefined || page.url.origin === this.#orgUrl.origin) {
      page = await this.open(await this.#submitSignIn(page, user))
    }
    return page
  }

  /**
   * Activates a device: signs in if necessary, enters the code, and allows or denies the request.
   *
   * @param verificationUri the `verification_uri` or `verification_uri_complete` of the device
   * @returns the last page, which shows the result
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
      const signedIn = await send('/activate/sign-in', { username: user.login, password: user.password })
      if (signedIn.status !== 200) return signedIn
    }
    const confirm = await send('/activate', {})
    return confirm.status === 200 ? send('/activate/decision', { decision }) : confirm
  }

  async #submitSignIn(form: BrowserPage, user: Credentials | undefined): Promise<URL> {
    if (form.externalRedirect !== undefined) return form.externalRedirect
    if (user === undefined) throw new Error('The org shows the sign-in page, and no user is given.')
    const body = new URLSearchParams({ username: user.login, password: user.password })
    const { externalRedirect, text } = await this.open(form.url, { method: 'POST', body })
    if (externalRedirect === undefined) throw new Error(`The sign-in failed:\n${text}`)
    return externalRedirect
  }

  #cookieFor({ origin, pathname }: URL): Record<string, string> {
    if (origin !== this.#orgUrl.origin) return {}
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path))
    return { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') }
  }

  #storeCookie(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim())
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const path = attributes.find(attribute => /^path=/i.test(attribute))?.slice(5) ?? '/'
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, { value, path })
  }
}
