import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../src/pages.mjs'

const run = promisify(execFile)
const docs = join(root, 'docs')
// The site is one folder of its host.
const base = '/connect-okta/'
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** The site, built and served. */
export interface BuiltSite extends AsyncDisposable {
  readonly origin: string
  /** The address of its home page. */
  readonly home: string
  /** The paths of its pages. */
  readonly pages: readonly string[]
}

/** Builds the site into a temporary folder, and serves its files. */
export async function buildSite(): Promise<BuiltSite> {
  const folder = await mkdtemp(join(tmpdir(), 'site-'))
  const vitepress = join(docs, 'node_modules/vitepress/bin/vitepress.js')
  await run(process.execPath, [vitepress, 'build', docs, '--outDir', folder], { env: { ...process.env, CI: 'true' } })
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    const path = fileOf(pathname)
    const content = path && (await readFile(join(folder, path)).catch(() => undefined))
    response.writeHead(content ? 200 : 404, { 'content-type': types[extname(path ?? '')] ?? 'text/plain' })
    response.end(content)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const names = await readdir(folder, { recursive: true })
  return {
    origin,
    home: `${origin}${base}`,
    pages: names
      .filter(name => name.endsWith('.html') && name !== '404.html')
      .map(name => base + name.replace(/(index)?\.html$/, '')),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The file of a path, as GitHub Pages finds it: a page has no extension. `undefined` outside of the site. */
function fileOf(pathname: string): string | undefined {
  if (!pathname.startsWith(base)) return undefined
  const path = normalize(decodeURIComponent(pathname.slice(base.length)))
  if (path === '' || path === '.') return 'index.html'
  return extname(path) === '' ? `${path}.html` : path
}
