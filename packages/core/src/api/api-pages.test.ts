import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPages } from './api-pages.js'
import { type ApiServer, startApiServer } from './api-server.test.support.js'

let server: ApiServer
beforeAll(async () => {
  server = await startApiServer()
})
afterAll(() => server.close())

async function pathsOf(path: string, linkAfter: (path: string) => string | undefined): Promise<string[]> {
  const paths: string[] = []
  server.respond = ({ url = '' }, response) => {
    const link = linkAfter(url)
    response.writeHead(200, link === undefined ? {} : { link }).end(JSON.stringify([url]))
  }
  for await (const { body } of apiPages(server.session, { method: 'GET', path })) {
    paths.push(...JSON.parse(String(body.start)))
    if (paths.length > 10) throw new Error('no end')
  }
  return paths
}

describe('apiPages', () => {
  it('reads pages until one has no next link', async () => {
    const next: Record<string, string> = { '/x?after=1': '/x?after=2', '/x?after=2': '/x?after=3' }
    const paths = await pathsOf('/x?after=1', path => next[path] && `<${server.origin}${next[path]}>; rel="next"`)
    expect(paths).toEqual(['/x?after=1', '/x?after=2', '/x?after=3'])
  })

  it('finds the next link among others, also as a relative URL', async () => {
    const links = '</x?self>; rel="self", </y, z>; title="next"; rel=prev, </x?2>; title="a, b"; rel="last next"'
    expect(await pathsOf('/x', path => (path === '/x' ? links : undefined))).toEqual(['/x', '/x?2'])
  })

  it.each([
    '</z>; rel="self"; title="go next"',
    '</z>; title="x; rel=next"',
    '</z>; rel="next-archive"',
    '</z>; rel="prev"; rel="next"',
  ])('does not follow %s', async link => {
    expect(await pathsOf('/x', () => link)).toEqual(['/x'])
  })

  it.each([
    ['leads to the same page', '/x', () => '</x>; rel="next"'],
    ['leads to an earlier page', '/x?1', (path: string) => `</x?${path === '/x?1' ? 2 : 1}>; rel="next"`],
    ['differs from an earlier page in its fragment', '/x', () => '</x#2>; rel="next"'],
    ['leaves the org', '/x', () => '<https://other.example/x>; rel="next"'],
    ['is not a URL', '/x', () => '<http://[>; rel="next"'],
  ])('stops with an error when the next link %s', async (_what, path, linkAfter) => {
    await expect(pathsOf(path, linkAfter)).rejects.toMatchObject({ code: 'server_failed' })
  })

  it('stops with the error of a page that fails', async () => {
    server.respond = ({ url }, response) =>
      url === '/x' ? response.writeHead(200, { link: '</x?2>; rel="next"' }).end('[]') : response.writeHead(403).end()
    const pages = apiPages(server.session, { method: 'GET', path: '/x' })
    expect((await pages.next()).done).toBe(false)
    await expect(pages.next()).rejects.toMatchObject({ code: 'api_failed', api: { status: 403 } })
  })

  it('rejects other methods than GET', async () => {
    const pages = apiPages(server.session, { method: 'POST', path: '/x' })
    await expect(pages.next()).rejects.toMatchObject({ code: 'options_invalid' })
  })
})
