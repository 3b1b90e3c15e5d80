import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  accessTokenHash,
  authorizeUrl,
  callApi,
  clientAssertion,
  clientCredentials,
  post,
  proofKey,
  redeem,
  refresh,
  send,
  serviceToken,
  userTokens,
} from './relying-party.test.support.js'
import { ScriptedBrowser } from './scripted-browser.js'
import { type OktaEmulator, startOktaEmulator } from './start-okta-emulator.js'

// A row for each bullet of okta-facts.md, in its order: what a right client does, what a wrong one does, and the refusal.

const TOKEN = '/oauth2/v1/token'
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const DAY = 24 * 3600_000
const OFFLINE = { scope: 'openid offline_access okta.users.read' }

let okta: OktaEmulator
let pair: { privateJwk: JWK; publicJwk: JWK }
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })
  const facts = { kid: 'second', alg: 'ES384' }
  pair = {
    privateJwk: { ...(await exportJWK(privateKey)), ...facts },
    publicJwk: { ...(await exportJWK(publicKey)), ...facts },
  }
  okta = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders'] }] })
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

interface Row {
  readonly fact: string
  readonly right: () => Promise<Outcome>
  readonly wrong: () => Promise<Outcome>
  /** What the wrong client is told: status, code, words. */
  readonly refusal: readonly [status: number, code: string | undefined, words: string]
}
type Outcome = Answer | URL | undefined

const service = () => okta.client('service')
const ask = async (changes: Parameters<typeof clientCredentials>[2] = {}) =>
  post(okta, TOKEN, await clientCredentials(okta, service(), changes))
const seconds = () => Math.floor(Date.now() / 1000)
const open = async (changes: Record<string, string | undefined>, kind: 'spa' | 'native' = 'spa') =>
  (await new ScriptedBrowser(okta).open(authorizeUrl(okta, okta.client(kind), changes))).leavesFor
const signIn = (changes: Record<string, string | undefined> = {}, person = 0) =>
  new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa'), changes), okta.users[person])
const users = async (token?: string) => callApi(okta, '/api/v1/users', token ?? (await serviceToken(okta)))

async function dpopToken(proofs: readonly ('none' | 'plain' | 'nonced')[], beforeLast = () => {}): Promise<Answer> {
  const client = okta.client('service', { dpop: true })
  const url = new URL(TOKEN, okta.orgUrl)
  const key = await proofKey()
  let nonce: string | undefined
  let answer: Answer | undefined
  for (const [index, kind] of proofs.entries()) {
    if (index === proofs.length - 1) beforeLast()
    const proof = await key.proof('POST', url, kind === 'nonced' ? { nonce } : {})
    const form = await clientCredentials(okta, client)
    answer = await post(okta, TOKEN, form, kind === 'none' ? {} : { dpop: proof })
    nonce = answer.headers.get('dpop-nonce') ?? nonce
  }
  if (answer?.status !== 200) return answer ?? send(url)
  const list = new URL('/api/v1/users', okta.orgUrl)
  const { access_token: token } = answer.body
  const dpop = await key.proof('GET', list, { ath: accessTokenHash(token) })
  return send(list, { headers: { authorization: `DPoP ${token}`, dpop } })
}

async function device(decision: 'allow' | 'deny' | 'none', before: () => void = () => {}): Promise<Answer> {
  const { clientId: client_id } = okta.client('native')
  const { body } = await post(okta, '/oauth2/v1/device/authorize', { client_id, scope: 'openid' })
  const [user] = okta.users
  if (decision !== 'none' && user) {
    await new ScriptedBrowser(okta).activate(String(body.verification_uri_complete), user, { decision })
  }
  before()
  return post(okta, TOKEN, { grant_type: DEVICE_CODE, client_id, device_code: String(body.device_code) })
}

const polledTwice = async () => {
  const { clientId: client_id } = okta.client('native')
  const { body } = await post(okta, '/oauth2/v1/device/authorize', { client_id, scope: 'openid' })
  const form = { grant_type: DEVICE_CODE, client_id, device_code: String(body.device_code) }
  await post(okta, TOKEN, form)
  return post(okta, TOKEN, form)
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

const jwksAt = (keys: readonly JWK[]) => `data:application/json,${encodeURIComponent(JSON.stringify({ keys }))}`

const rotatedAfter = async (ms: number) => {
  const spa = okta.client('spa')
  const { body } = await userTokens(okta, spa, OFFLINE)
  await refresh(okta, spa, body.refresh_token)
  okta.advanceClock(ms)
  return refresh(okta, spa, body.refresh_token)
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
const AUDIENCE = 'The audience claim for client_assertion must be the endpoint invoked for the request.'

const ROWS: readonly Row[] = [
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
    fact: 'private_key_jwt: the only client authentication for okta.* scopes',
    right: () => ask(),
    wrong: () => bySecretAt(TOKEN, 'okta.users.read'),
    refusal: [
      401,
      'invalid_client',
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
    ],
  },
  {
    fact: 'private_key_jwt: aud is the exact URL of the endpoint',
    right: () => ask(),
    wrong: () => ask({ claims: { aud: okta.orgUrl.origin } }),
    refusal: [401, 'invalid_client', AUDIENCE],
  },
  {
    fact: 'private_key_jwt: another assertion for /revoke',
    right: async () => {
      const endpoint = new URL('/oauth2/v1/revoke', okta.orgUrl).href
      const form = await clientCredentials(okta, service())
      return post(okta, '/oauth2/v1/revoke', {
        ...form,
        token: 'x',
        client_assertion: await clientAssertion(service(), endpoint),
      })
    },
    wrong: async () => post(okta, '/oauth2/v1/revoke', { ...(await clientCredentials(okta, service())), token: 'x' }),
    refusal: [401, 'invalid_client', AUDIENCE],
  },
  {
    fact: 'private_key_jwt: exp at most one hour ahead',
    right: () => ask({ claims: { exp: seconds() + 3590 } }),
    wrong: () => ask({ claims: { exp: seconds() + 3610 } }),
    refusal: [401, 'invalid_client', 'The client_assertion token has an expiration too far into the future.'],
  },
  {
    fact: 'private_key_jwt: 60 minutes exactly fail on a clock that is a second fast',
    right: () => ask({ claims: { exp: seconds() + 3600 } }),
    wrong: () => {
      okta.setClock({ offsetMs: -2000 })
      return ask({ claims: { iat: undefined, exp: seconds() + 3600 } })
    },
    refusal: [401, 'invalid_client', 'The client_assertion token has an expiration too far into the future.'],
  },
  {
    fact: 'private_key_jwt: iat not in the future',
    right: () => ask({ claims: { iat: seconds() } }),
    wrong: () => ask({ claims: { iat: seconds() + 30 } }),
    refusal: [401, 'invalid_client', 'The client_assertion token was issued in the future.'],
  },
  {
    fact: 'private_key_jwt: with jti an assertion works once',
    right: async () => {
      const form = await clientCredentials(okta, service(), { claims: { jti: undefined } })
      await post(okta, TOKEN, form)
      return post(okta, TOKEN, form)
    },
    wrong: async () => {
      const form = await clientCredentials(okta, service())
      await post(okta, TOKEN, form)
      return post(okta, TOKEN, form)
    },
    refusal: [401, 'invalid_client', 'The client_assertion token has already been used.'],
  },
  {
    fact: 'private_key_jwt: several keys and no kid',
    right: async () => {
      await okta.update(service().clientId, { jwks: { keys: [pair.publicJwk] } })
      return ask({ jwk: pair.privateJwk, header: { alg: 'ES384', kid: undefined } })
    },
    wrong: async () => {
      await okta.update(service().clientId, { jwks: { keys: [pair.publicJwk, { ...pair.publicJwk, kid: 'first' }] } })
      return ask({ jwk: pair.privateJwk, header: { alg: 'ES384', kid: undefined } })
    },
    refusal: [401, 'invalid_client', 'The client_assertion JWT kid is invalid.'],
  },
  {
    fact: 'private_key_jwt: the keys may be at a URL',
    right: async () => {
      await okta.update(service().clientId, { jwksUri: jwksAt([{ ...pair.publicJwk, kid: 'first' }, pair.publicJwk]) })
      return ask({ jwk: pair.privateJwk, header: { alg: 'ES384' } })
    },
    wrong: async () => {
      await okta.update(service().clientId, { jwksUri: jwksAt([]) })
      return ask({ jwk: pair.privateJwk, header: { alg: 'ES384' } })
    },
    refusal: [401, 'invalid_client', 'The client_assertion JWT kid is invalid.'],
  },
  {
    fact: 'private_key_jwt: the app needs the scope granted',
    right: () => ask({ scope: 'okta.users.read okta.logs.read' }),
    wrong: () => ask({ scope: 'okta.logs.read' }),
    refusal: [400, 'consent_required', 'You are not allowed any of the requested scopes.'],
  },
  {
    fact: 'DPoP: a request without a proof',
    right: () => dpopToken(['none', 'plain', 'nonced']),
    wrong: () => dpopToken(['none']),
    refusal: [400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.'],
  },
  {
    fact: 'DPoP: a proof without a nonce',
    right: () => dpopToken(['plain', 'nonced']),
    wrong: () => dpopToken(['plain']),
    refusal: [400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.'],
  },
  {
    fact: 'DPoP: the nonce is renewed, and the previous one works on',
    right: () => dpopToken(['plain', 'nonced'], () => okta.rotateDpopNonce()),
    wrong: () => dpopToken(['plain', 'nonced'], () => okta.rotateDpopNonce({ keepPrevious: false })),
    refusal: [400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.'],
  },
  {
    fact: 'DPoP: the API wants the DPoP scheme and a proof of the same key',
    right: () => dpopToken(['plain', 'nonced']),
    wrong: async () => callApi(okta, '/api/v1/users', await serviceToken(okta), 'DPoP'),
    refusal: [401, 'E0000011', 'Invalid token provided'],
  },
  {
    fact: 'Authorization code: PKCE S256',
    right: async () => redeem(okta, okta.client('spa'), await signIn()),
    wrong: () => open({ code_challenge_method: 'plain' }),
    refusal: [302, 'invalid_request', "The 'code_challenge_method' must be 'S256'."],
  },
  {
    fact: 'Authorization code: the verifier must fit',
    right: async () => redeem(okta, okta.client('spa'), await signIn()),
    wrong: async () => redeem(okta, okta.client('spa'), await signIn(), { code_verifier: 'x'.repeat(43) }),
    refusal: [400, 'invalid_grant', 'PKCE verification failed.'],
  },
  {
    fact: 'Authorization code: redirect URIs compared exactly, port included (the refusal is a page)',
    right: async () => redeem(okta, okta.client('spa'), await signIn()),
    wrong: () => send(authorizeUrl(okta, okta.client('spa'), { redirect_uri: 'http://localhost:8081/login/callback' })),
    refusal: [
      400,
      undefined,
      'The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings',
    ],
  },
  {
    fact: 'Authorization code: a user who is not assigned',
    right: () => signIn({}, 1),
    wrong: () => signIn({}, 2),
    refusal: [302, 'access_denied', 'User is not assigned to the client application.'],
  },
  {
    fact: 'Authorization code: offline_access must be asked at authorize, of an app that may have it',
    right: () => userTokens(okta, okta.client('spa'), OFFLINE),
    wrong: async () => {
      await okta.update(okta.client('spa').clientId, { refreshTokens: 'none' })
      return open(OFFLINE)
    },
    refusal: [302, 'invalid_scope', NOT_CONFIGURED],
  },
  {
    fact: 'Authorization code: SPA refresh tokens rotate with 30 s of grace',
    right: () => rotatedAfter(29_000),
    wrong: () => rotatedAfter(31_000),
    refusal: [400, 'invalid_grant', 'The refresh token is invalid or expired.'],
  },
  {
    fact: 'Authorization code: unused for seven days a refresh token expires',
    right: async () => {
      const { body } = await userTokens(okta, okta.client('native'), OFFLINE)
      okta.advanceClock(7 * DAY - 1000)
      return refresh(okta, okta.client('native'), body.refresh_token)
    },
    wrong: async () => {
      const { body } = await userTokens(okta, okta.client('native'), OFFLINE)
      okta.advanceClock(7 * DAY + 1000)
      return refresh(okta, okta.client('native'), body.refresh_token)
    },
    refusal: [400, 'invalid_grant', 'The refresh token is invalid or expired.'],
  },
  {
    fact: 'Device: native apps only',
    right: () => device('allow'),
    wrong: () => post(okta, '/oauth2/v1/device/authorize', { client_id: okta.client('spa').clientId, scope: 'openid' }),
    refusal: [
      400,
      'unauthorized_client',
      'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code, refresh_token].',
    ],
  },
  {
    fact: 'Device: authorization_pending until a person allowed it',
    right: () => device('allow'),
    wrong: () => device('none'),
    refusal: [400, 'authorization_pending', 'The device authorization is pending. Please try again later.'],
  },
  {
    fact: 'Device: slow_down adds five seconds',
    right: () => device('allow'),
    wrong: polledTwice,
    refusal: [400, 'slow_down', 'The device polls too often. Wait 10 seconds each time.'],
  },
  {
    fact: 'Device: the code lives ten minutes',
    right: () => device('allow', () => okta.advanceClock(599_000)),
    wrong: () => device('allow', () => okta.advanceClock(600_000)),
    refusal: [400, 'expired_token', 'The device code has expired.'],
  },
  {
    fact: 'Device: access_denied when the person said no',
    right: () => device('allow'),
    wrong: () => device('deny'),
    refusal: [400, 'access_denied', 'The resource owner or authorization server denied the request.'],
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

/** Status, code and words, whether as JSON, by redirect or on a page. */
function told(outcome: Outcome): { status: number; code: string | undefined; words: string } {
  if (outcome === undefined) throw new Error('nobody was told anything')
  if (outcome instanceof URL) {
    const { searchParams } = outcome
    return {
      status: 302,
      code: searchParams.get('error') ?? undefined,
      words: searchParams.get('error_description') ?? '',
    }
  }
  const { status, body, text } = outcome
  const code = body.error ?? body.errorCode
  const words = body.error_description ?? body.errorSummary ?? text
  return { status, code: code === undefined ? undefined : String(code), words: String(words) }
}

describe('okta-facts', () => {
  it.each(ROWS)('$fact', async ({ right, wrong, refusal: [status, code, words] }) => {
    const accepted = told(await right())
    expect(accepted.code, accepted.words).toBeUndefined()
    expect([200, 302]).toContain(accepted.status)
    await okta.reset()
    const refused = told(await wrong())
    expect({ status: refused.status, code: refused.code }).toEqual({ status, code })
    expect(refused.words).toContain(words)
  })
})
