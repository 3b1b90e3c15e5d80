import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { recordRequests } from '../../test/support/record-requests.test.support.js'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { callApi } from '../api/call-api.js'
import { diagnose } from '../diagnose/diagnose.js'
import { connect } from '../index.js'

const org = useServiceOrg()

it('sends its user agent with every request', async () => {
  const { requests, fetch } = recordRequests()
  const deps = { ...org.deps, fetch }
  const session = await connect(org.app(), deps)
  await session.fetch('/api/v1/users')
  await callApi(session, { method: 'GET', path: '/api/v1/users' })
  await session.disconnect()
  for await (const { outcome } of diagnose(org.app(), deps)) expect(outcome).not.toBe('failure')
  await connect({ tenant: org.okta.orgUrl, apiToken: org.okta.apiTokens[0]?.value ?? '' }, deps)
  const paths = requests.map(({ url }) => url.pathname)
  expect(paths).toEqual(expect.arrayContaining(['/oauth2/v1/token', '/oauth2/v1/revoke', '/api/v1/users/me']))
  expect(paths).toContainEqual(expect.stringContaining('/.well-known/'))
  const agents = requests.map(({ headers }) => headers.get('user-agent'))
  expect(new Set(agents)).toEqual(new Set(['connect-okta/source']))
})

it('sends the user agent of the caller when there is one', async () => {
  const { requests, fetch } = recordRequests()
  const session = await connect(org.app(), { ...org.deps, fetch })
  await session.fetch('/api/v1/users', { headers: { 'User-Agent': 'mine/1' } })
  await callApi(session, { method: 'GET', path: '/api/v1/users', headers: { 'User-Agent': 'mine/2' } })
  expect(requests.slice(-2).map(({ headers }) => headers.get('user-agent'))).toEqual(['mine/1', 'mine/2'])
})

it('sends the version of the package when it is built', async () => {
  const bundle = '../../dist/bundle/index.js'
  const built: typeof import('../index.js') = await import(bundle)
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  const { requests, fetch } = recordRequests()
  await built.connect(org.app(), { ...org.deps, fetch })
  expect(requests[0]?.headers.get('user-agent')).toBe(`connect-okta/${version}`)
})
