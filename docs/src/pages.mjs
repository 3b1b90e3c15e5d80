import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import GithubSlugger from 'github-slugger'
import MarkdownIt from 'markdown-it'

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const markdown = new MarkdownIt({ html: true })
const rootPages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md']

/** Returns every page for readers: the guides, and those in the root and in the packages. Paths are relative to the root. */
export async function readPages() {
  const docs = await markdownIn('docs')
  const packages = (await readdir(join(root, 'packages'))).map(name => `packages/${name}/README.md`)
  const paths = docs
    .concat(rootPages, packages)
    .filter(path => existsSync(join(root, path)))
    .sort()
  return await Promise.all(paths.map(async path => pageOf(path, await readFile(join(root, path), 'utf8'))))
}

// Without templates ([…]), dependencies and builds.
async function markdownIn(folder) {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const pages = entries.filter(({ name }) => /^[\w-]+\.md$/.test(name)).map(({ name }) => `${folder}/${name}`)
  const folders = entries.filter(entry => entry.isDirectory() && !/^\.|node_modules/.test(entry.name))
  return [...pages, ...(await Promise.all(folders.map(({ name }) => markdownIn(`${folder}/${name}`)))).flat()]
}

function pageOf(path, text) {
  const tokens = markdown.parse(text.replace(/^---\n[\s\S]*?\n---\n/, ''), {})
  const inline = tokens.flatMap(({ children }) => children ?? [])
  return { path, text, blocks: blocksOf(tokens), links: linksOf(inline), anchors: anchorsOf(tokens) }
}

// Includes the blocks in lists.
function blocksOf(tokens) {
  return tokens
    .filter(({ type }) => type === 'fence')
    .map(({ info, content, map }) => ({
      language: info.trim().split(/\s/)[0],
      code: content,
      line: (map?.[0] ?? 0) + 1,
    }))
}

const linksOf = inline =>
  inline.flatMap(token =>
    (token.type === 'link_open' ? [token.attrGet('href')] : []).concat(token.attrGet?.('src') ?? []),
  )

function anchorsOf(tokens) {
  const slugger = new GithubSlugger()
  const titles = tokens.flatMap((token, index) => (token.type === 'heading_open' ? [tokens[index + 1]] : []))
  const headings = titles.map(title => slugger.slug(textOf(title)))
  const html = tokens.flatMap(({ type, content, children }) => [
    ...(type === 'html_block' ? [content] : []),
    ...(children ?? []).filter(child => child.type === 'html_inline').map(child => child.content),
  ])
  return new Set([...headings, ...html.flatMap(text => [...text.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id))])
}

const textOf = ({ children }) => children.map(({ content }) => content).join('')
