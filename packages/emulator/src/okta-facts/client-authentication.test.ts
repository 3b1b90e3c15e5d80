import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe } from 'vitest'
import {
  type Answer,
  accessTokenHash,
  callApi,
  clientAssertion,
  clientCredentials,
  post,
  proofKey,
  send,
  serviceToken,
} from '../relying-party.test.support.js'
import type { OktaEmulator } from '../start-okta-emulator.js'

import { holdTo, type Row } from './facts.test.support.js'

// A row for each bullet of okta-facts.md, in its order: what a right client does, what a wrong one does, and the refusal.

let okta: OktaEmulator
let pair: { privateJwk: JWK; publicJwk: JWK }
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })
  const facts = { kid: 'second', alg: 'ES384' }
  pair = {
    privateJwk: { ...(await exportJWK(privateKey)), ...facts },
    publicJwk: { ...(await exportJWK(publicKey)), ...facts },
  }
})

const TOKEN = '/oauth2/v1/token'

const service = () => okta.client('service')

const ask = async (changes: Parameters<typeof clientCredentials>[2] = {}) =>
  post(okta, TOKEN, await clientCredentials(okta, service(), changes))

const seconds = () => Math.floor(Date.now() / 1000)

const _users = async (token?: string) => callApi(okta, '/api/v1/users', token ?? (await serviceToken(okta)))

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

const bySecretAt = async (path: string, scope: string) => {
  const { clientId } = service()
  await okta.update(clientId, { authentication: 'client_secret', clientSecret: 'a secret' })
  return post(okta, path, { grant_type: 'client_credentials', scope, client_id: clientId, client_secret: 'a secret' })
}

const jwksAt = (keys: readonly JWK[]) => `data:application/json,${encodeURIComponent(JSON.stringify({ keys }))}`

const AUDIENCE = 'The audience claim for client_assertion must be the endpoint invoked for the request.'

const rows: readonly Row[] = [
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
]

describe('the facts of Okta: how a client proves itself', () => {
  holdTo(rows, started => {
    okta = started
  })
})
