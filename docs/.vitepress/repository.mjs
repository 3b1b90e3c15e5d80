import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

// These pages are not in docs/, because GitHub and npm look for them here.
const texts = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'packages')).map(name => `packages/${name}/README.md`),
].filter(path => existsSync(join(root, path)))

/** Returns the name and the Markdown of each page of the site that is outside of docs/. */
export function repositoryPages() {
  return texts.map(path => ({ params: { page: slugOf(path) }, content: withRelativeLinks(path) }))
}

/**
 * Returns the target on the site of a link that leads outside of `docs/`: a page for a text, a copy for any other file. Returns
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

// Links are relative to the folder of the text. The page is in another folder.
function withRelativeLinks(path) {
  const text = readFileSync(join(root, path), 'utf8')
  return text.replaceAll(/\]\((?![a-z]+:|#|\/)([^)\s]+)\)/g, (_all, href) => {
    const target = posix.join(posix.dirname(path), href)
    return `](${posix.relative('docs/project', target)})`
  })
}
