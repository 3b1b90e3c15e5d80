import { describe } from 'vitest'
import { type Answer, authorizeUrl, post, redeem, refresh, send, userTokens } from '../relying-party.test.support.js'
import { ScriptedBrowser } from '../scripted-browser.js'
import type { OktaEmulator } from '../start-okta-emulator.js'

import { holdTo, type Row } from './facts.test.support.js'

// A row for each bullet of okta-facts.md, in its order: what a right client does, what a wrong one does, and the refusal.

let okta: OktaEmulator

const TOKEN = '/oauth2/v1/token'

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const DAY = 24 * 3600_000

const OFFLINE = { scope: 'openid offline_access okta.users.read' }

const _seconds = () => Math.floor(Date.now() / 1000)

const open = async (changes: Record<string, string | undefined>, kind: 'spa' | 'native' = 'spa') =>
  (await new ScriptedBrowser(okta).open(authorizeUrl(okta, okta.client(kind), changes))).leavesFor

const signIn = (changes: Record<string, string | undefined> = {}, person = 0) =>
  new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa'), changes), okta.users[person])

async function device(decision: 'allow' | 'deny' | 'none', before: () => void = () => {}): Promise<Answer> {
  // It stands, so that a slow machine loses no second.
  okta.setClock({ fixedAt: new Date() })
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

const rotatedAfter = async (ms: number) => {
  const spa = okta.client('spa')
  const { body } = await userTokens(okta, spa, OFFLINE)
  await refresh(okta, spa, body.refresh_token)
  okta.advanceClock(ms)
  return refresh(okta, spa, body.refresh_token)
}

const NOT_CONFIGURED = 'One or more scopes are not configured for the authorization server resource.'

const rows: readonly Row[] = [
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
]

describe('the facts of Okta: how a person signs in', () => {
  holdTo(rows, started => {
    okta = started
  })
})
