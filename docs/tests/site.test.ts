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

  /** A tab that records errors of the console, failed requests, and requests to other hosts or outside of the site. */
  async function open(): Promise<Page> {
    const page = await browser.newPage()
    const report = (what: string) => problems.push(`${new URL(page.url()).pathname}: ${what}`)
    page.on('console', message => ['error', 'warning'].includes(message.type()) && report(message.text()))
    page.on('pageerror', error => report(error.message))
    page.on('request', request => request.url().startsWith(site.home) || report(`requests ${request.url()}`))
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
    const waiting = [new URL(site.home).pathname]
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue
      expect((await page.goto(`${site.origin}${path}`))?.status(), path).toBe(200)
      seen.set(path, new Set(await idsOf(page)))
      for (const href of await linksOf(page)) {
        const { origin, pathname } = new URL(href)
        if (origin !== site.origin) continue
        links.set(href, path)
        waiting.push(pathname)
      }
    }
    const dead = [...links].filter(([href]) => {
      const { pathname, hash } = new URL(href)
      return hash !== '' && seen.get(pathname)?.has(decodeURIComponent(hash.slice(1))) === false
    })
    expect(dead).toEqual([])
    expect([...seen.keys()].sort()).toEqual([...site.pages].sort())
    await page.close()
  })

  it.each([
    ['callback_port_in_use', 'troubleshooting#callback_port_in_use'],
    ['403', 'troubleshooting#the-api-responds-with-403'],
    ['upgrade', 'troubleshooting#upgrade'],
    ['docker', 'recipes/docker'],
    ['hsts', 'troubleshooting#the-browser-opens-httpslocalhost'],
    ['terraform', 'recipes/terraform'],
  ])('finds %s first at %s', async (query, target) => {
    const page = await open()
    await page.goto(site.home)
    await page.getByRole('button', { name: 'Search' }).first().click()
    await page.getByPlaceholder('Search').fill(query)
    const first = page.getByRole('option').first().getByRole('link')
    await expect.poll(() => first.getAttribute('href')).toContain(target)
    await page.close()
  })

  it('opens no page that is wider than a phone', async () => {
    const page = await open()
    await page.setViewportSize({ width: 390, height: 900 })
    const wide: string[] = []
    for (const path of site.pages) {
      await page.goto(`${site.origin}${path}`)
      await page.waitForFunction("document.querySelector('.mermaid-source') === null")
      const found = await page.evaluate<
        string[]
      >(`[document.documentElement, ...document.querySelectorAll('.vp-doc table')]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ tagName, scrollWidth }) => tagName + ' ' + scrollWidth)`)
      const tiny = await page.evaluate<number>(`[...document.querySelectorAll('.mermaid-diagram svg')]
        .filter(svg => svg.getBoundingClientRect().width < 0.75 * svg.viewBox.baseVal.width).length`)
      wide.push(...found.map(what => `${path}: ${what}`), ...(tiny > 0 ? [`${path}: a diagram is scaled down`] : []))
    }
    expect(wide).toEqual([])
    await page.close()
  })

  it('draws its diagrams in the colors of the page', async () => {
    const page = await open()
    for (const path of shown) {
      await page.goto(site.home + (path === 'index' ? '' : path))
      const diagrams = (await readFile(join(root, `docs/${path}.md`), 'utf8')).split('```mermaid').length - 1
      for (const [colorScheme, theme] of [['light', 'neutral'] as const, ['dark', 'dark'] as const]) {
        await page.emulateMedia({ colorScheme })
        for (const [name, width] of Object.entries({ wide: 1280, narrow: 390 })) {
          await page.setViewportSize({ width, height: 900 })
          const drawn = page.locator(`[data-theme=${theme}] svg`)
          await expect.poll(() => drawn.count()).toBe(diagrams)
          const file = `site-${path.replace('/', '-')}-${colorScheme}-${name}.png`
          await page.screenshot({ path: join(screenshots, file), animations: 'disabled' })
        }
      }
    }
    await page.close()
  })

  it('sends no request to another host and logs no error', () => {
    expect(problems).toEqual([])
  })
})
