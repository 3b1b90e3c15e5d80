import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  activate,
  type CredentialChanges,
  callFactors,
  createCredential,
  enroll,
  type FactorBody,
  HAS_CREDENTIAL,
  USER_PRESENT,
  WEBAUTHN,
} from '../../../test/support/passkey.test.support.js'
import { serviceToken } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

const rejected = {
  status: 403,
  body: {
    errorCode: 'E0000068',
    errorSummary: 'Invalid Passcode/Answer',
    errorCauses: [{ errorSummary: "Your passcode doesn't match our records. Please try again." }],
  },
}

let okta: OktaEmulator
let token: string
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  await okta.reset()
  token = await serviceToken(okta, undefined, 'okta.users.manage')
})
afterEach(() => okta.setClock())

describe('POST /api/v1/users/{userId}/factors/{factorId}/lifecycle/activate', () => {
  it.each(['base64', 'base64url'] as const)('activates a factor with a credential in %s', async encoding => {
    const { id, challenge } = await enroll(okta, token)
    const credential = createCredential(okta, challenge)
    const { status, text } = await activate(okta, token, id, credential, encoding)
    expect({ status, body: JSON.parse(text) }).toEqual({
      status: 200,
      body: {
        id,
        factorType: 'webauthn',
        provider: 'FIDO',
        vendorName: 'FIDO',
        status: 'ACTIVE',
        created: expect.any(String),
        lastUpdated: expect.any(String),
        profile: { credentialId: credential.credentialId, authenticatorName: 'Authenticator' },
        _links: {
          verify: { href: expect.stringMatching(`/factors/${id}/verify$`), hints: { allow: ['POST'] } },
          self: { href: expect.stringMatching(`/factors/${id}$`), hints: { allow: ['GET', 'DELETE'] } },
          user: { href: expect.stringMatching(`/users/${okta.users[0]?.id}$`), hints: { allow: ['GET'] } },
        },
      },
    })
  })

  it('accepts packed attestation', async () => {
    const { id, challenge } = await enroll(okta, token)
    expect(await activate(okta, token, id, createCredential(okta, challenge, { format: 'packed' }))).toMatchObject({
      status: 200,
      body: { status: 'ACTIVE' },
    })
  })

  it.each<[string, CredentialChanges]>([
    ['of an assertion', { type: 'webauthn.get' }],
    ['of another origin', { origin: 'https://example.com' }],
    ['of the origin with another port', { origin: 'http://127.0.0.1:1' }],
    ['for another relying party', { rpId: 'example.com' }],
    ['without the presence of the user', { flags: HAS_CREDENTIAL }],
    ['without a public key', { flags: USER_PRESENT }],
    ['with a key of another algorithm', { algorithm: -8 }],
  ])('rejects a credential %s', async (_case, changes) => {
    const { id, challenge } = await enroll(okta, token)
    expect(await activate(okta, token, id, createCredential(okta, challenge, changes))).toMatchObject(rejected)
    expect(await callFactors(okta, token, { path: `/${id}` })).toMatchObject({ body: { status: 'PENDING_ACTIVATION' } })
  })

  it('rejects a packed attestation that was changed after it was signed', async () => {
    const { id, challenge } = await enroll(okta, token)
    const { attestation, clientData } = createCredential(okta, challenge, { format: 'packed' })
    const changed = Buffer.concat([clientData.subarray(0, -1), Buffer.from(',"crossOrigin":true}')])
    expect(await activate(okta, token, id, { attestation, clientData: changed })).toMatchObject(rejected)
  })

  it('rejects the challenge of another factor', async () => {
    const [first, second] = [await enroll(okta, token), await enroll(okta, token)]
    expect(await activate(okta, token, first.id, createCredential(okta, second.challenge))).toMatchObject(rejected)
  })

  it('rejects a challenge after its lifetime', async () => {
    okta.setClock({ fixedAt: new Date() })
    const [expired, valid] = [
      await enroll(okta, token, '?tokenLifetimeSeconds=60'),
      await enroll(okta, token, '?tokenLifetimeSeconds=61'),
    ]
    okta.advanceClock(60_000)
    expect(await activate(okta, token, expired.id, createCredential(okta, expired.challenge))).toMatchObject(rejected)
    expect(await activate(okta, token, valid.id, createCredential(okta, valid.challenge))).toMatchObject({
      status: 200,
    })
  })

  it('rejects a second activation of a factor, also at the same time with another credential', async () => {
    const { id, challenge } = await enroll(okta, token)
    const responses = [1, 2].map(() => activate(okta, token, id, createCredential(okta, challenge)))
    expect((await Promise.all(responses)).map(({ status }) => status).sort()).toEqual([200, 403])
    expect(await activate(okta, token, id, createCredential(okta, challenge))).toMatchObject(rejected)
  })

  it('rejects a credential that is registered already', async () => {
    const [first, second] = [await enroll(okta, token), await enroll(okta, token)]
    const credentialId = randomBytes(16)
    const register = ({ id, challenge }: typeof first) =>
      activate(okta, token, id, createCredential(okta, challenge, { credentialId }))
    expect(await register(first)).toMatchObject({ status: 200 })
    expect(await register(second)).toMatchObject(rejected)
  })

  it.each([
    ['no members', {}],
    ['members that are not Base64', { attestation: 'a b', clientData: '<>' }],
    ['members that are not CBOR and JSON', { attestation: 'AAAA', clientData: 'AAAA' }],
    ['members that are not text', { attestation: [1], clientData: null }],
  ])('rejects a body with %s', async (_case, body) => {
    const { id } = await enroll(okta, token)
    const path = `/${id}/lifecycle/activate`
    expect(await callFactors(okta, token, { method: 'POST', path, body })).toMatchObject(rejected)
  })

  it('allows five attempts in five minutes', async () => {
    okta.setClock({ fixedAt: new Date(Math.floor(Date.now() / 1000) * 1000) })
    const { id, challenge } = await enroll(okta, token, '?tokenLifetimeSeconds=3600')
    const wrong = createCredential(okta, 'wrong')
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await activate(okta, token, id, wrong)).toMatchObject(rejected)
      okta.advanceClock(1000)
    }
    const limited = await activate(okta, token, id, createCredential(okta, challenge))
    expect(limited).toMatchObject({ status: 429, body: { errorCode: 'E0000047' } })
    expect(limited.headers.get('x-rate-limit-remaining')).toBe('0')
    const waitSeconds =
      Number(limited.headers.get('x-rate-limit-reset')) - Date.parse(limited.headers.get('date') ?? '') / 1000
    expect(waitSeconds).toBe(295)
    okta.advanceClock(waitSeconds * 1000)
    expect(await activate(okta, token, id, createCredential(okta, challenge))).toMatchObject({ status: 200 })
  })

  it('excludes active credentials from the next registration of the user only', async () => {
    const { id, challenge } = await enroll(okta, token)
    const credential = createCredential(okta, challenge)
    await activate(okta, token, id, credential)
    await enroll(okta, token)
    const excluded = async (userId?: string) => {
      const { text } = await callFactors(okta, token, { method: 'POST', body: WEBAUTHN, userId })
      return (JSON.parse(text) as FactorBody)._embedded?.activation.excludeCredentials
    }
    expect(await excluded(okta.users[0]?.id)).toEqual([{ type: 'public-key', id: credential.credentialId }])
    expect(await excluded(okta.users[1]?.id)).toEqual([])
  })

  it('accepts the host that was called as the relying party', async () => {
    const { id, challenge } = await enroll(okta, token)
    const origin = okta.orgUrl.origin.replace('127.0.0.1', 'localhost')
    const credential = createCredential(okta, challenge, { origin, rpId: 'localhost' })
    expect(await activate(okta, token, id, credential)).toMatchObject(rejected)
    const atLocalhost = { ...okta, orgUrl: new URL(origin) }
    expect(await activate(atLocalhost, token, id, credential)).toMatchObject({ status: 200 })
  })

  it('logs neither the attestation nor the client data', async () => {
    const { id, challenge } = await enroll(okta, token)
    const credential = createCredential(okta, challenge)
    await activate(okta, token, id, credential)
    expect(okta.requests.at(-1)).toMatchObject({ path: expect.stringMatching(/activate$/), status: 200, form: {} })
    expect(JSON.stringify(okta.requests)).not.toContain(credential.attestation.toString('base64url'))
  })
})
