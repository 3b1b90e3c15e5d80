import { createServer } from 'node:net'
import { type BrowserPage, type Credentials, type OktaEmulator, ScriptedBrowser } from '@connect-okta/emulator'

/** A person at a browser: remembers what was opened for them, and how it ended. */
export class Person {
  readonly browser: ScriptedBrowser
  /** Every URL that was opened for them. */
  readonly opened: URL[] = []
  /** The pages at which each sign-in ended, this program's own page among them. */
  readonly pages: Promise<BrowserPage>[] = []

  constructor(
    okta: OktaEmulator,
    readonly user: Credentials | undefined = okta.users[0],
  ) {
    this.browser = new ScriptedBrowser(okta)
  }

  /** As `Deps.openBrowser`: returns at once, the person takes their time. */
  readonly openBrowser = async (url: URL): Promise<void> => {
    this.opened.push(url)
    const page = this.browser.visit(url, this.user)
    page.catch(() => {})
    this.pages.push(page)
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
