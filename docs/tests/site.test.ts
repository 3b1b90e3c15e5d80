import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { root } from '../src/pages.mjs'
import { type BuiltSite, buildSite } from './built-site.test.support.js'

const executablePath = inject('systemNeeds').chromium
const args = [...inject('chromiumArguments')]
const screenshots = join(root, 'test-results/screenshots')
const shown = ['index', 'start', 'okta-app', 'architecture', 'reference/api']

describe.skipIf(executablePath === undefined)('the site in Chromium', () => {
  let site: BuiltSite
  let browser: Browser
  const problems: string[] = []

  beforeAll(async () => {
    site = await buildSite()
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
    await mkdir(screenshots, { recursive: true })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
  })

  /** A tab that records errors of the console, failed requests, and requests to other hosts. */
  async function open(): Promise<Page> {
    const page = await browser.newPage()
    const report = (what: string) => problems.push(`${new URL(page.url()).pathname}: ${what}`)
    page.on('console', message => ['error', 'warning'].includes(message.type()) && report(message.text()))
    page.on('pageerror', error => report(error.message))
    page.on('request', request => request.url().startsWith(site.origin) || report(`requests ${request.url()}`))
    page.on('response', response => response.status() < 400 || report(`${response.status()} ${response.url()}`))
    return page
  }

  const linksOf = (page: Page) =>
    page.evaluate<string[]>("[...document.querySelectorAll('a[href]')].map(({ href }) => href)")
  const idsOf = (page: Page) => page.evaluate<string[]>("[...document.querySelectorAll('[id]')].map(({ id }) => id)")

  it('links every page from the home page and has no dead links', async () => {
    const page = await open()
    const seen = new Map<string, ReadonlySet<string>>()
    const links = new Map<string, string>()
    const waiting = ['/index.html']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue
      await page.goto(`${site.origin}${path}`)
      seen.set(path, new Set(await idsOf(page)))
      for (const href of await linksOf(page)) {
        const { origin, pathname } = new URL(href)
        if (origin !== site.origin) continue
        links.set(href, path)
        const target = pathname.endsWith('/') ? `${pathname}index.html` : pathname
        if (target.endsWith('.html')) waiting.push(target)
        else expect((await page.request.get(href)).status(), `${href} on ${path}`).toBe(200)
      }
    }
    const dead = [...links].filter(([href]) => {
      const { pathname, hash } = new URL(href)
      const ids = seen.get(pathname.endsWith('/') ? `${pathname}index.html` : pathname)
      return hash !== '' && ids?.has(decodeURIComponent(hash.slice(1))) === false
    })
    expect(dead).toEqual([])
    expect([...seen.keys()].sort()).toEqual([...site.pages].sort())
    await page.close()
  })

  it('finds a page by its text', async () => {
    const page = await open()
    await page.goto(`${site.origin}/index.html`)
    await page.getByRole('button', { name: 'Search' }).first().click()
    await page.getByPlaceholder('Search').fill('callback_port_in_use')
    await page.getByRole('option', { name: 'Troubleshooting' }).first().click()
    await page.getByRole('heading', { name: 'callback_port_in_use' }).waitFor()
    await page.close()
  })

  it('fits wide and narrow screens, and draws its diagrams, in light and dark', async () => {
    const page = await open()
    for (const path of shown) {
      await page.goto(`${site.origin}/${path}.html`)
      const diagrams = (await readFile(join(root, `docs/${path}.md`), 'utf8')).split('```mermaid').length - 1
      for (const [colorScheme, theme] of [['light', 'neutral'] as const, ['dark', 'dark'] as const]) {
        await page.emulateMedia({ colorScheme })
        if (diagrams > 0)
          await page
            .locator(`[data-theme=${theme}] svg`)
            .nth(diagrams - 1)
            .waitFor()
        for (const [name, width] of Object.entries({ wide: 1280, narrow: 390 })) {
          await page.setViewportSize({ width, height: 900 })
          const file = `site-${path.replace('/', '-')}-${colorScheme}-${name}.png`
          await page.screenshot({ path: join(screenshots, file), animations: 'disabled' })
          const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
          expect(await page.evaluate(beyond), `${path} fits`).toBe(0)
        }
      }
    }
    await page.close()
  })

  it('sends no request to another host and logs no error', () => {
    expect(problems).toEqual([])
  })
})
