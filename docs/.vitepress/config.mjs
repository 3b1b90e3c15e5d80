import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { slug } from 'github-slugger'
import { defineConfig } from 'vitepress'
import { sidebar } from './navigation.mjs'
import { base, repository, root, targetOf } from './repository.mjs'
import { labelCells } from './tables.mjs'

export default defineConfig({
  title: 'Connect-Okta',
  description: 'Get access tokens for Okta APIs from a shell, PowerShell, TypeScript, or any language over HTTP',
  lang: 'en',
  base,
  cleanUrls: true,
  srcExclude: ['src/**', 'tests/**'],
  // The links test reports dead links.
  ignoreDeadLinks: true,
  metaChunk: true,
  head: [['link', { rel: 'icon', href: `${base}mark.svg`, type: 'image/svg+xml' }]],
  themeConfig: {
    logo: '/mark.svg',
    sidebar: sidebar(),
    nav: [
      { text: 'Quickstart', link: '/start' },
      { text: 'Set up the Okta app', link: '/okta-app' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'GitHub', link: repository },
    ],
    outline: { level: [2, 3] },
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument: guidesFirst } } } },
    notFound: {
      quote: 'There is no page at this address. To find a page, use the search or the menu.',
      linkText: 'Home page',
    },
    footer: { message: 'MIT license. Okta is a trademark of Okta, Inc., which is not affiliated with this project.' },
  },
  markdown: {
    // A URL in the text is an example, not a link.
    linkify: false,
    // The same anchors as on GitHub, so that a link works in both places.
    anchor: { slugify: slug },
    config(md) {
      const fence = md.renderer.rules.fence
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const { info, content } = tokens[index]
        if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest)
        return `<MermaidDiagram source="${md.utils.escapeHtml(content)}" />`
      }
      md.core.ruler.push('label-cells', ({ tokens }) => labelCells(tokens))
      md.core.ruler.push('links-out-of-docs', ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          redirectLink(token, env.relativePath)
          replaceMissingPicture(token, env.relativePath)
        }
      })
    },
  },
  // The help of a command has 100 columns, which need the space of the outline.
  transformPageData({ relativePath, frontmatter }) {
    if (relativePath === 'reference/cli.md') Object.assign(frontmatter, { aside: false, pageClass: 'wide-page' })
  },
})

function replaceMissingPicture(token, page) {
  if (token.type !== 'image' || /^([a-z]+:|\/)/.test(token.attrGet('src'))) return
  if (!existsSync(join(root, 'docs', dirname(page), token.attrGet('src')))) token.type = 'text'
}

function redirectLink(token, page) {
  if (token.type === 'link_open') token.attrSet('href', targetOf(`docs/${page}`, token.attrGet('href')))
}

// A word in a guide comes before the same word in the reference or in a long list. VitePress runs this in the browser: no imports.
function guidesFirst(id) {
  return /\/(reference|project|bench|threat-model)\b/.test(id) ? 0.3 : 1
}
