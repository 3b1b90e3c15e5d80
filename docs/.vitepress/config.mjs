import { cpSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { slug } from 'github-slugger'
import { defineConfig } from 'vitepress'
import { hasPage, sidebar } from './navigation.mjs'
import { outsideLink, root } from './repository.mjs'

const copied = new Set()

export default defineConfig({
  title: 'Connect-Okta',
  description: 'Access tokens for Okta APIs in PowerShell, in a shell, over HTTP and in TypeScript',
  lang: 'en',
  srcExclude: ['src/**', 'tests/**'],
  // The links test reports dead links.
  ignoreDeadLinks: true,
  metaChunk: true,
  head: [['link', { rel: 'icon', href: '/mark.svg', type: 'image/svg+xml' }]],
  themeConfig: {
    logo: '/mark.svg',
    sidebar: sidebar(),
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Set up the Okta app', link: '/okta-app' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'Contributing', link: '/project/contributing' },
    ],
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    footer: { message: 'MIT license. Okta is a trademark of Okta, Inc., which has no part in this project.' },
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
      md.core.ruler.push('links-out-of-docs', ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          redirectLink(token, env.relativePath)
          replaceMissingPicture(token, env.relativePath)
        }
      })
    },
  },
  // The home page shows a feature only if its page exists.
  transformPageData({ frontmatter }) {
    if (frontmatter.features === undefined) return
    frontmatter.features = frontmatter.features.filter(({ link }) => hasPage(link.slice(1)))
  },
  buildEnd({ outDir }) {
    for (const file of copied) {
      if (existsSync(join(root, file))) cpSync(join(root, file), join(outDir, 'files', file), { recursive: true })
    }
  },
})

function replaceMissingPicture(token, page) {
  if (token.type !== 'image' || /^([a-z]+:|\/)/.test(token.attrGet('src'))) return
  if (!existsSync(join(root, 'docs', dirname(page), token.attrGet('src')))) token.type = 'text'
}

function redirectLink(token, page) {
  if (token.type !== 'link_open') return
  const found = outsideLink(`docs/${page}`, token.attrGet('href'))
  if (found === undefined) return
  token.attrSet('href', found.href)
  if (found.file === undefined) return
  copied.add(found.file)
  token.attrSet('target', '_blank')
}
