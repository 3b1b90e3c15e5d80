import { describe, expect } from 'vitest'
import {
  type Answer,
  authorizeUrl,
  callApi,
  post,
  send,
  serviceToken,
  userTokens,
} from '../relying-party.test.support.js'
import { ScriptedBrowser } from '../scripted-browser.js'
import type { OktaEmulator } from '../start-okta-emulator.js'

import { holdTo, type Row } from './facts.test.support.js'

// A row for each bullet of okta-facts.md, in its order: what a right client does, what a wrong one does, and the refusal.

let okta: OktaEmulator

const TOKEN = '/oauth2/v1/token'

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const DAY = 24 * 3600_000

const OFFLINE = { scope: 'openid offline_access okta.users.read' }

const service = () => okta.client('service')

const users = async (token?: string) => callApi(okta, '/api/v1/users', token ?? (await serviceToken(okta)))

async function _device(decision: 'allow' | 'deny' | 'none', before: () => void = () => {}): Promise<Answer> {
  const { clientId: client_id } = okta.client('native')
  const { body } = await post(okta, '/oauth2/v1/device/authorize', { client_id, scope: 'openid' })
  const [user] = okta.users
  if (decision !== 'none' && user) {
    await new ScriptedBrowser(okta).activate(String(body.verification_uri_complete), user, { decision })
  }
  before()
  return post(okta, TOKEN, { grant_type: DEVICE_CODE, client_id, device_code: String(body.device_code) })
}

const bySecretAt = async (path: string, scope: string) => {
  const { clientId } = service()
  await okta.update(clientId, { authentication: 'client_secret', clientSecret: 'a secret' })
  return post(okta, path, { grant_type: 'client_credentials', scope, client_id: clientId, client_secret: 'a secret' })
}

const authorizeTwice = async (first: 'spa' | 'native', second: 'spa' | 'native') => {
  okta.limitRate({ buckets: { '/oauth2/v1/authorize': { limit: 1, perClient: true } } })
  await send(authorizeUrl(okta, okta.client(first)))
  return send(authorizeUrl(okta, okta.client(second)))
}

const revoked = async (kind: 'access_token' | 'none') => {
  const native = okta.client('native')
  const { body } = await userTokens(okta, native, OFFLINE)
  const token = kind === 'none' ? 'made up' : String(body.refresh_token)
  const answer = await post(okta, '/oauth2/v1/revoke', { client_id: native.clientId, token })
  expect(answer.status).toBe(200)
  return callApi(okta, '/api/v1/users/me', body.access_token)
}

const NOT_CONFIGURED = 'One or more scopes are not configured for the authorization server resource.'

const rows: readonly Row[] = [
  {
    fact: 'Authorization server: only the org server mints okta.* scopes; a custom one is /oauth2/{id}',
    right: () => bySecretAt('/oauth2/default/v1/token', 'orders'),
    wrong: () => bySecretAt('/oauth2/default/v1/token', 'okta.users.read'),
    refusal: [400, 'invalid_scope', NOT_CONFIGURED],
  },
  {
    fact: 'Authorization server: endpoints are fixed by the org URL',
    right: () => send(new URL('/.well-known/oauth-authorization-server', okta.orgUrl)),
    wrong: () => send(new URL('/api/v2/users', okta.orgUrl)),
    refusal: [404, 'E0000008', 'The requested path was not found'],
  },
  {
    fact: 'Authorization server: access tokens live one hour',
    right: async () => {
      const token = await serviceToken(okta)
      okta.advanceClock(3599_000)
      return users(token)
    },
    wrong: async () => {
      const token = await serviceToken(okta)
      okta.advanceClock(3601_000)
      return users(token)
    },
    refusal: [401, 'E0000011', 'Invalid token provided'],
  },
  {
    fact: 'Authorization server: silent downscoping; without an admin role the refusal comes at the API',
    right: () => users(),
    wrong: async () => {
      await okta.update(service().clientId, { adminRole: false })
      return users()
    },
    refusal: [403, 'E0000006', 'You do not have permission to perform the requested action'],
  },
  {
    fact: 'Authorization server: /revoke answers 200 for unknown tokens; a refresh token takes its access tokens along',
    right: () => revoked('none'),
    wrong: () => revoked('access_token'),
    refusal: [401, 'E0000011', 'Invalid token provided'],
  },
  {
    fact: 'Authorization server: rate limits',
    right: () => users(),
    wrong: () => {
      okta.limitRate({ buckets: { '/api/v1/users': { limit: 0 } } })
      return users()
    },
    refusal: [429, 'E0000047', 'API call exceeded rate limit due to too many requests.'],
  },
  {
    fact: 'Authorization server: /authorize counts by client, address and device',
    right: () => authorizeTwice('spa', 'native'),
    wrong: () => authorizeTwice('spa', 'spa'),
    refusal: [429, 'E0000047', 'API call exceeded rate limit due to too many requests.'],
  },
  {
    fact: 'Authorization server: okta-organization tells whether a host is an org',
    right: () => send(new URL('/.well-known/okta-organization', okta.orgUrl)),
    wrong: () => send(new URL('/api/.well-known/okta-organization', okta.orgUrl)),
    refusal: [404, 'E0000008', 'The requested path was not found'],
  },
  {
    fact: 'Static API token: ends 30 days after its last use',
    right: async () => {
      okta.advanceClock(29 * DAY)
      return callApi(okta, '/api/v1/users', okta.apiTokens[0]?.value, 'SSWS')
    },
    wrong: async () => {
      okta.advanceClock(31 * DAY)
      return callApi(okta, '/api/v1/users', okta.apiTokens[0]?.value, 'SSWS')
    },
    refusal: [401, 'E0000011', 'Invalid token provided'],
  },
]

describe('the facts of Okta: authorization servers and API tokens', () => {
  holdTo(rows, started => {
    okta = started
  })
})
