import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { openTab, startChromium, type Tab } from './chromium.js'
import { type SinglePageApp, startSinglePageApp } from './single-page-app.js'

/** What the tests of a single-page app use. */
export interface SinglePageAppTest {
  readonly app: SinglePageApp
  /** The configuration at the start of each test. */
  readonly initial: SinglePageApp['configuration']
  /** A tab in a new context for each test. */
  readonly tab: Tab
  readonly page: Page
}

/** Starts Chromium and a single-page app for the tests of a `describe` block: see {@link startSinglePageApp}. */
export function useSinglePageApp(...options: Parameters<typeof startSinglePageApp>): SinglePageAppTest {
  let browser: Browser
  let app: SinglePageApp
  let initial: SinglePageApp['configuration']
  let tab: Tab
  beforeAll(async () => {
    browser = await startChromium()
    app = await startSinglePageApp(...options)
    initial = app.configuration
  })
  beforeEach(async () => {
    tab = await openTab(browser)
  })
  afterEach(async () => {
    await tab[Symbol.asyncDispose]()
    app.okta.reset()
    app.configuration = initial
  })
  afterAll(async () => {
    await browser?.close()
    await app?.[Symbol.asyncDispose]()
  })
  return {
    get app() {
      return app
    },
    get initial() {
      return initial
    },
    get tab() {
      return tab
    },
    get page() {
      return tab.page
    },
  }
}
