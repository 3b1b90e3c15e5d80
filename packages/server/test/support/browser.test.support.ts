import { type OktaEmulator, ScriptedBrowser } from '@connect-okta/emulator'

/** A browser without a user interface: it keeps a cookie, and submits forms. */
export class TestBrowser {
  cookie: string | undefined
  readonly #broker: { readonly url: string }
  readonly #okta: OktaEmulator
  readonly #headers: Readonly<Record<string, string>>

  constructor(broker: { readonly url: string }, okta: OktaEmulator, headers: Readonly<Record<string, string>> = {}) {
    this.#broker = broker
    this.#okta = okta
    this.#headers = headers
  }

  async get(path: string): Promise<Response> {
    return await this.#fetch(path)
  }

  async post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const own = { origin: this.#broker.url, 'sec-fetch-site': 'same-origin' }
    return await this.#fetch(path, { method: 'POST', body: new URLSearchParams(form), headers: { ...own, ...headers } })
  }

  /** Submits the form of the sign-in page. Returns the URL of Okta's page. */
  async begin(): Promise<URL> {
    const response = await this.post('/login/desk', { form_token: await this.formToken('/login/desk') })
    if (response.status !== 303) throw new Error(`the sign-in was rejected: ${response.status}`)
    return new URL(response.headers.get('location') ?? '')
  }

  /** Signs in at Okta. Returns the path of the callback that Okta redirects to. */
  async signIn(user = this.#okta.users[0]): Promise<string> {
    const url = await this.begin()
    if (user === undefined) throw new Error('the org has no users')
    const { pathname, search } = await new ScriptedBrowser(this.#okta).signIn(url, user)
    return pathname + search
  }

  /** Signs out of the connection `desk`. */
  async signOut(): Promise<Response> {
    return await this.post('/logout', { connection: 'desk', form_token: await this.formToken('/') })
  }

  async formToken(path: string): Promise<string> {
    const page = await (await this.get(path)).text()
    return /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? ''
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ ...this.#headers, ...(init.headers as Record<string, string>) })
    headers.set('accept', 'text/html')
    if (this.cookie !== undefined) headers.set('cookie', this.cookie)
    const response = await fetch(this.#broker.url + path, { ...init, headers, redirect: 'manual' })
    for (const set of response.headers.getSetCookie()) this.cookie = set.split(';', 1)[0]
    return response
  }
}
