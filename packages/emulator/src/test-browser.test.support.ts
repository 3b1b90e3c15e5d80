import type { EmulatorUser } from './directory.js'
import { type Answer, send } from './relying-party.test.support.js'
import type { OktaEmulator } from './start-okta-emulator.js'

/** A browser without scripts: keeps cookies and follows redirects as long as they stay in the org. */
export class TestBrowser {
  readonly #cookies = new Map<string, { value: string; path: string }>()

  constructor(readonly okta: OktaEmulator) {}

  /** Opens a URL. Ends at a page, or at the redirect that leaves the org. */
  async open(url: URL | string, init: RequestInit = {}): Promise<Answer & { url: URL; leavesFor: URL | undefined }> {
    const target = new URL(url, this.okta.orgUrl)
    const cookie = [...this.#cookies]
      .filter(([, { path }]) => target.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
    const answer = await send(target, { ...init, headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    const location = answer.headers.get('location')
    if (location === null) return { ...answer, url: target, leavesFor: undefined }
    const next = new URL(location, target)
    if (next.origin !== this.okta.orgUrl.origin) return { ...answer, url: target, leavesFor: next }
    return this.open(next)
  }

  /** Opens an authorization request and fills in the sign-in form. Returns where the app's answer went. */
  async signIn(url: URL, user: Pick<EmulatorUser, 'login' | 'password'> | undefined): Promise<URL> {
    const form = await this.open(url)
    const body = new URLSearchParams({ username: user?.login ?? '', password: user?.password ?? '' })
    const { leavesFor, text } = await this.open(form.url, { method: 'POST', body })
    if (leavesFor === undefined) throw new Error(`the sign-in did not end:\n${text}`)
    return leavesFor
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim())
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const path = attributes.find(attribute => /^path=/i.test(attribute))?.slice(5) ?? '/'
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, { value, path })
  }
}
