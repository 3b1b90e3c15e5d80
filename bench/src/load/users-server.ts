import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/*
 * Serves `GET /api/v1/users` as Okta does, in pages that were prepared before, so that the clients take nearly all of the time.
 * The emulator, which checks the token and creates the JSON, takes three times as long.
 */

process.on('message', (total: number) => {
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, origin())
    response.setHeader('content-type', 'application/json')
    if (pathname === '/api/v1/users/me') response.end(JSON.stringify(user(0)))
    else {
      const { body, links } = pageAfter(Number(searchParams.get('after') ?? '0'))
      response.setHeader('link', links).end(body)
    }
  })
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pages = new Map<number, { readonly body: string; readonly links: string[] }>()

  function pageAfter(start: number) {
    const page = pages.get(start) ?? createPage(start)
    pages.set(start, page)
    return page
  }

  function createPage(start: number) {
    const end = Math.min(start + pageSize, total)
    const body = JSON.stringify(Array.from({ length: end - start }, (_one, index) => user(start + index)))
    const linkTo = (after: number, relation: string) =>
      `<${origin()}/api/v1/users?limit=${pageSize}&after=${after}>; rel="${relation}"`
    return { body, links: [linkTo(start, 'self'), ...(end < total ? [linkTo(end, 'next')] : [])] }
  }

  server.listen(0, '127.0.0.1', () => {
    for (let start = 0; start < total; start += pageSize) pageAfter(start)
    process.send?.({ origin: origin() })
  })
})

const pageSize = 200

// With the properties that Okta returns for a user.
function user(index: number): object {
  const id = `00u${String(index).padStart(17, '0')}`
  const login = `user.${index}@example.com`
  const date = '2024-01-15T09:30:00.000Z'
  return {
    ...{ id, status: 'ACTIVE', created: date, activated: date, statusChanged: date, lastLogin: date },
    ...{ lastUpdated: date, passwordChanged: date, type: { id: 'oty1a2b3c4d5e6f7g8h9' } },
    profile: {
      ...{ firstName: 'Margaret', lastName: `Hamilton ${index}`, mobilePhone: null, secondEmail: null },
      ...{ login, email: login },
    },
    credentials: {
      ...{ password: {}, emails: [{ value: login, status: 'VERIFIED', type: 'PRIMARY' }] },
      provider: { type: 'OKTA', name: 'OKTA' },
    },
    _links: { self: { href: `https://example.okta.com/api/v1/users/${id}` } },
  }
}
