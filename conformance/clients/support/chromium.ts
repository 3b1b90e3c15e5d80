import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'

/** Starts Chromium. */
export function startChromium(): Promise<Browser> {
  const executablePath = inject('systemNeeds').chromium ?? ''
  return chromium.launch({ executablePath, args: [...inject('chromiumArguments')] })
}

/** A page in a context of its own. */
export interface Tab extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** The messages of the console so far, for example about requests that CORS does not allow. */
  readonly messages: readonly string[]
}

/** Opens a {@link Tab} that accepts the certificate of a private authority. */
export async function openTab(browser: Browser): Promise<Tab> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const messages: string[] = []
  page.on('console', message => messages.push(message.text()))
  page.on('pageerror', error => messages.push(error.message))
  return { page, context, messages, [Symbol.asyncDispose]: () => context.close() }
}

/** Fills in the sign-in page of the org. */
export async function signIn(page: Page, user: { login: string; password: string } | undefined): Promise<void> {
  await page.getByLabel('Username').fill(user?.login ?? '')
  await page.getByLabel('Password').fill(user?.password ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
}
