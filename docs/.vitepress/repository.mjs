import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The address of the repository. */
export const repository = 'https://github.com/connect-okta/connect-okta'

/** The path of the site at its host, and its address. */
export const base = '/connect-okta/'
const site = `https://connect-okta.github.io${base}`

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
 * Returns the target of a link on the site. A page of the site is linked by its path, any other file of the repository by its address
 * on GitHub.
 *
 * @param page the page with the link, relative to the root of the repository
 */
export function targetOf(page, href) {
  // READMEs use addresses, because npm and the PowerShell Gallery show them too.
  if (href.startsWith(site)) return `/${href.slice(site.length)}`
  if (/^([a-z]+:|#|\/)/.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const target = posix.join(posix.dirname(page), path)
  if (target.startsWith('docs/')) return href
  const hash = anchor === undefined ? '' : `#${anchor}`
  const file = isFolder(target) ? posix.join(target, 'README.md') : target
  if (texts.includes(file)) return `/project/${slugOf(file)}${hash}`
  return `${repository}/${isFolder(target) ? 'tree' : 'blob'}/main/${target}${hash}`
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
