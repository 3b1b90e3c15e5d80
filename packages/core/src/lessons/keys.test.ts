import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { connect, generateClientKey, resume } from '../index.js'
import { startServiceOrg } from '../service-app.test.support.js'

// What hurt the users of other tools, thread by thread, and what happens here. Each row stands alone.
type Row = readonly [behaviour: string, threads: string, shows: () => Promise<void>]

/** Sees every request to the token endpoint go by. */
function watching(): { bodies: URLSearchParams[]; proofs: Record<string, unknown>[]; fetch: typeof fetch } {
  const bodies: URLSearchParams[] = []
  const proofs: Record<string, unknown>[] = []
  return {
    bodies,
    proofs,
    fetch: async (input, init) => {
      bodies.push(new URLSearchParams(String(init?.body ?? '')))
      const proof = new Headers(init?.headers).get('dpop')
      if (proof !== null) proofs.push(decodeJwt(proof))
      return await fetch(input, init)
    },
  }
}

const dpop: Row[] = [
  [
    'an app with DPoP, the default for new ones, connects without being told',
    'okta-sdk-nodejs#424',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      expect((await session.token()).type).toBe('DPoP')
      expect((await session.fetch('/api/v1/users')).status).toBe(200)
    },
  ],
  [
    'an app that is known to want a proof gets it first: no failed grant in its log',
    'okta-sdk-golang#598',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      org.okta.clearRequests()
      await session.token({ forceRefresh: true })
      expect(org.tokenAnswers()).toEqual([200])
    },
  ],
  [
    'a nonce that has changed is taken from the refusal, and the request sent again',
    'caipe-io/ai-platform-engineering#2023',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      org.okta.clearRequests()
      org.okta.rotateDpopNonce({ keepPrevious: false })
      await session.token({ forceRefresh: true })
      expect(org.tokenAnswers()).toEqual(['use_dpop_nonce', 200])
    },
  ],
  [
    'a proof names the address without its query, and normalised',
    'okta-sdk-nodejs#453',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      const { host, origin } = org.okta.orgUrl
      const { dpop = '' } = await session.authorization('get', `HTTP://${host}/api/../api/v1/users?limit=1#top`)
      expect(decodeJwt(dpop)).toMatchObject({ htu: `${origin}/api/v1/users`, htm: 'GET' })
    },
  ],
  [
    'DPoP that is enforced and not wanted is an error with a name, never an empty token',
    'terraform-provider-okta#2658',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      await expect(connect({ ...org.options, dpop: 'never' }, org.deps)).rejects.toMatchObject({
        code: 'dpop_rejected',
      })
    },
  ],
  [
    'the nonce is taken from every answer, a refusal for too many requests too',
    'speakeasy-api/gram#6502',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      const watch = watching()
      const again = await resume({ jsonWebKey: org.options.jsonWebKey ?? {} }, { ...org.deps, fetch: watch.fetch })
      org.okta.fault({ endpoint: '/oauth2/v1/token', status: 429, times: 1, headers: { 'dpop-nonce': 'from-the-429' } })
      await again.token({ forceRefresh: true })
      expect(watch.proofs[1]?.nonce).toBe('from-the-429')
      expect((await session.token()).type).toBe('DPoP')
    },
  ],
]

const keys: Row[] = [
  [
    'an assertion lives five minutes: a clock that is fast does not break it',
    'okta-sdk-python#382, okta-sdk-golang#573',
    async () => {
      await using org = await startServiceOrg()
      const watch = watching()
      await connect(org.options, { ...org.deps, fetch: watch.fetch })
      const { exp = 0, iat = 0 } = decodeJwt(watch.bodies[0]?.get('client_assertion') ?? '')
      expect(exp - iat).toBe(300)
      org.okta.setClock({ offsetMs: -60_000 })
      await connect({ ...org.options, forceLogin: true }, org.deps)
    },
  ],
  [
    'an assertion is for the very address that is called',
    'facile-it/php-openid-client#25',
    async () => {
      await using org = await startServiceOrg()
      const watch = watching()
      const session = await connect(org.options, { ...org.deps, fetch: watch.fetch })
      await session.disconnect()
      const { origin } = org.okta.orgUrl
      const audiences = watch.bodies.map(body => decodeJwt(body.get('client_assertion') ?? '').aud)
      expect(audiences).toEqual([`${origin}/oauth2/v1/token`, `${origin}/oauth2/v1/revoke`])
    },
  ],
  [
    'a key without its id, where several are registered, is sent to compare the ids',
    'terraform-provider-okta#1024, #1223',
    async () => {
      const [one, two] = [await generateClientKey({ type: 'P-256' }), await generateClientKey({ type: 'P-256' })]
      await using org = await startServiceOrg({ jwks: { keys: [one.publicJwk, two.publicJwk] } })
      const { kid, ...jsonWebKey } = two.privateJwk
      const attempt = connect({ ...org.options, jsonWebKey }, org.deps)
      await expect(attempt).rejects.toMatchObject({ code: 'client_rejected', hint: expect.stringContaining('"kid"') })
      await connect({ ...org.options, jsonWebKey, keyId: kid }, org.deps)
    },
  ],
  [
    'a PEM is taken as PKCS#1 and as PKCS#8, and nobody has to convert a JWK',
    'terraform-provider-okta#1725, #657',
    async () => {
      const { privateJwk, publicJwk } = await generateClientKey()
      await using org = await startServiceOrg({ jwks: { keys: [publicJwk] } })
      const key = createPrivateKey({ key: privateJwk, format: 'jwk' })
      const pems = (['pkcs1', 'pkcs8'] as const).map(type => key.export({ type, format: 'pem' }).toString())
      for (const jsonWebKey of [...pems, JSON.stringify(privateJwk), privateJwk]) {
        await connect({ ...org.options, jsonWebKey, forceLogin: true }, org.deps)
      }
      expect(org.tokenAnswers()).toEqual([200, 200, 200, 200])
    },
  ],
  [
    'a public key is said to be public',
    'okta-sdk-nodejs#286',
    async () => {
      await using org = await startServiceOrg()
      const { publicJwk } = await generateClientKey({ type: 'P-256' })
      const attempt = connect({ ...org.options, jsonWebKey: publicJwk }, org.deps)
      await expect(attempt).rejects.toMatchObject({
        code: 'private_key_invalid',
        message: expect.stringContaining('public'),
      })
    },
  ],
  [
    'a key that nobody can read signs all the same',
    'okta-sdk-dotnet#864, okta-sdk-java#878',
    async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const jwk = { ...(publicKey.export({ format: 'jwk' }) as { kty: string }), kid: 'in-the-tpm' }
      await using org = await startServiceOrg({ jwks: { keys: [jwk] } })
      const signer = {
        algorithm: 'RS256' as const,
        keyId: 'in-the-tpm',
        sign: async (data: Uint8Array) => sign('sha256', data, privateKey),
      }
      await connect({ ...org.options, signer }, org.deps)
    },
  ],
]

describe.each<[string, readonly Row[]]>([
  ['DPoP', dpop],
  ['assertions and keys', keys],
])('learnt from others, about %s:', (_about, rows) => {
  it.each(rows)('%s (%s)', async (_behaviour, _threads, shows) => await shows())
})
