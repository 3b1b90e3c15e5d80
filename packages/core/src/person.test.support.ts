import { createServer } from 'node:net'
import type { OktaEmulator } from '@connect-okta/emulator'

/** What a browser without scripts shows in the end. */
export interface Page {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A person at a browser, as far as a sign-in needs one: keeps cookies, follows redirects, fills in the form. */
export class Person {
  readonly #cookies = new Map<string, string>()
  /** The pages at which each sign-in ended, this program's own page among them. */
  readonly pages: Promise<Page>[] = []
  /** Every URL that was opened for them. */
  readonly opened: URL[] = []

  constructor(
    readonly okta: OktaEmulator,
    readonly user: { login: string; password: string } | undefined = okta.users[0],
  ) {}

  /** As `Deps.openBrowser`: returns at once, the person takes their time. */
  readonly openBrowser = async (url: URL): Promise<void> => {
    this.opened.push(url)
    const page = this.signIn(url)
    page.catch(() => {})
    this.pages.push(page)
  }

  /** Opens the page, signs in where it asks to, and ends at the page after. */
  async signIn(url: URL): Promise<Page> {
    const first = await this.open(url)
    if (!first.text.includes('name="password"')) return first
    const { login = '', password = '' } = this.user ?? {}
    return await this.open(first.url, { method: 'POST', body: new URLSearchParams({ username: login, password }) })
  }

  async open(url: URL | string, init: RequestInit = {}): Promise<Page & { url: URL }> {
    const target = new URL(url)
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(target, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) return await this.open(new URL(location, target))
    return { status: response.status, headers: response.headers, text: await response.text(), url: target }
  }
}

/** A redirect URI on a port that is free, so that suites can run side by side. */
export async function freeRedirectUri(): Promise<string> {
  const server = createServer()
  const port = await new Promise<number>(resolve => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise(resolve => server.close(resolve))
  return `http://localhost:${port}/login/callback`
}
