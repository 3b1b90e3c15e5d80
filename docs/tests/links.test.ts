import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPages, root } from '../src/pages.mjs'

interface Page {
  readonly path: string
  readonly links: readonly string[]
  readonly anchors: ReadonlySet<string>
}

const pages: readonly Page[] = await readPages()
const isOutside = (href: string) => /^[a-z]+:/.test(href)

// READMEs of packages link to the site and to the repository by address.
const site = 'https://connect-okta.github.io/connect-okta/'
const source = /^https:\/\/github\.com\/connect-okta\/connect-okta\/(?:blob|tree)\/main\//

/** The page or file of this repository that an address leads to, relative to the root. Other links are returned unchanged. */
function inRepository(href: string): string {
  if (!href.startsWith(site)) return href.replace(source, '/')
  const [name = '', anchor] = href.slice(site.length).split('#')
  return `/docs/${name || 'index'}.md${anchor === undefined ? '' : `#${anchor}`}`
}

/** Returns what is wrong with a link, or `undefined`. */
function fault(page: Page, link: string): string | undefined {
  const href = inRepository(link)
  if (href.startsWith('/')) return fault({ ...page, path: 'README.md' }, href.slice(1))
  const [path = '', anchor] = decodeURI(href).split('#')
  const target = path === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), path))
  if (target.startsWith('..') || !existsSync(join(root, target))) return `${href}: there is no ${target}`
  const file = statSync(join(root, target)).isDirectory() ? posix.join(target, 'README.md') : target
  // The site shows the README of a folder.
  if (page.path.startsWith('docs/') && !existsSync(join(root, file))) return `${href}: there is no ${file}`
  if (anchor === undefined) return undefined
  const found = pages.find(one => one.path === file)
  return found?.anchors.has(anchor) ? undefined : `${href}: ${file} has no such heading`
}

describe('the links of the pages', () => {
  it.each(pages.map(page => [page.path, page] as const))('%s has no dead links', (_path, page) => {
    expect(page.links.filter(href => !isOutside(inRepository(href))).flatMap(href => fault(page, href) ?? [])).toEqual(
      [],
    )
  })

  it('are reported when a page, a picture or a heading does not exist', () => {
    const page = { path: 'docs/start.md', links: [], anchors: new Set<string>() }
    expect(fault(page, 'nowhere.md')).toContain('no docs/nowhere.md')
    expect(fault(page, 'pictures/none.png')).toContain('none.png')
    expect(fault(page, '../packages/core/src')).toContain('no packages/core/src/README.md')
    expect(fault(page, 'library.md#nothing')).toContain('no such heading')
    expect(fault(page, 'library.md#sign-in-a-user')).toBeUndefined()
    expect(fault(page, `${site}nowhere`)).toContain('no docs/nowhere.md')
    expect(fault(page, `${site}library#sign-in-a-user`)).toBeUndefined()
    expect(fault(page, 'https://github.com/connect-okta/connect-okta/blob/main/nowhere.ts')).toContain('nowhere.ts')
  })

  it('use https when they lead to other sites', () => {
    const links = pages.flatMap(({ path, links }) => links.map(href => `${path}: ${href}`))
    expect(links.filter(link => /: http:\/\/(?!localhost\b)/.test(link))).toEqual([])
  })
})
