import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

// The site has no page for them but this: they are where people and npm look for them.
const texts = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'packages')).map(name => `packages/${name}/README.md`),
].filter(path => existsSync(join(root, path)))

/** Texts that live elsewhere in the repository, as pages of the site: their name there, and their markdown. */
export function repositoryPages() {
  return texts.map(path => ({ params: { page: slugOf(path) }, content: seenFrom(path) }))
}

/**
 * Where the site has what a link of a page names, if that is outside of `docs/`: a page for a text, a copy for any other file.
 * `undefined` for all other links.
 *
 * @param page the page with the link, relative to the root of the repository
 */
export function outsideLink(page, href) {
  if (/^([a-z]+:|#|\/)/.test(href)) return undefined
  const [path = '', anchor] = href.split('#')
  const target = posix.join(posix.dirname(page), path)
  if (target.startsWith('docs/')) return undefined
  const file = isFolder(target) ? posix.join(target, 'README.md') : target
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (texts.includes(file)) return { href: `/project/${slugOf(file)}${hash}` }
  return { href: `/files/${file}`, file }
}

const isFolder = path => existsSync(join(root, path)) && statSync(join(root, path)).isDirectory()
const slugOf = path =>
  path
    .replace(/(\/README)?\.md$/, '')
    .replaceAll('/', '-')
    .toLowerCase()

// Its links count from where the text is, not from the page that shows it.
function seenFrom(path) {
  const text = readFileSync(join(root, path), 'utf8')
  return text.replaceAll(/\]\((?![a-z]+:|#|\/)([^)\s]+)\)/g, (_all, href) => {
    const target = posix.join(posix.dirname(path), href)
    return `](${posix.relative('docs/project', target)})`
  })
}
