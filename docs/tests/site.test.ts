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
  const complaints: string[] = []

  beforeAll(async () => {
    site = await buildSite()
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
    await mkdir(screenshots, { recursive: true })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
  })

  /** A tab that hears every complaint: of the console, of a request that fails or goes to another host. */
  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options)
    const complain = (what: string) => complaints.push(`${new URL(page.url()).pathname}: ${what}`)
    page.on('console', message => ['error', 'warning'].includes(message.type()) && complain(message.text()))
    page.on('pageerror', error => complain(error.message))
    page.on('request', request => request.url().startsWith(site.origin) || complain(`asks ${request.url()}`))
    page.on('response', response => response.status() < 400 || complain(`${response.status()} ${response.url()}`))
    return page
  }

  async function diagramsAreDrawn(page: Page): Promise<void> {
    const source = await readFile(join(root, 'docs', new URL(page.url()).pathname.replace('.html', '.md')), 'utf8')
    const count = source.split('```mermaid').length - 1
    if (count > 0)
      await page
        .locator('.mermaid-diagram svg')
        .nth(count - 1)
        .waitFor()
  }

  const linksOf = (page: Page) =>
    page.evaluate<string[]>("[...document.querySelectorAll('a[href]')].map(({ href }) => href)")
  const idsOf = (page: Page) => page.evaluate<string[]>("[...document.querySelectorAll('[id]')].map(({ id }) => id)")

  it('leads from its home to every page, by links that lead somewhere', async () => {
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

  it('finds a page by what it says', async () => {
    const page = await open()
    await page.goto(`${site.origin}/index.html`)
    await page.getByRole('button', { name: 'Search' }).first().click()
    await page.getByPlaceholder('Search').fill('callback_port_in_use')
    await page.getByRole('option', { name: 'Troubleshooting' }).first().click()
    await page.getByRole('heading', { name: 'callback_port_in_use' }).waitFor()
    await page.close()
  })

  it.each(['light', 'dark'] as const)('can be read, on wide and on narrow screens: %s', async colorScheme => {
    for (const [name, width] of Object.entries({ wide: 1280, narrow: 390 })) {
      const page = await open({ colorScheme, viewport: { width, height: 900 } })
      for (const path of shown) {
        await page.goto(`${site.origin}/${path}.html`)
        await diagramsAreDrawn(page)
        await page.screenshot({ path: join(screenshots, `site-${path.replace('/', '-')}-${colorScheme}-${name}.png`) })
        const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
        expect(await page.evaluate(beyond), `${path} fits`).toBe(0)
      }
      await page.close()
    }
  })

  it('asks nothing of another host, and nothing complains', () => {
    expect(complaints).toEqual([])
  })
})
