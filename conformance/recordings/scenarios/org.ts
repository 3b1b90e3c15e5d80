import { createHash } from 'node:crypto'
import { headerOf, type RawRequest, type RawResponse } from '../../support/raw-request.js'
import { serviceApp } from '../../support/service-app.js'
import { get, post, put, remove, type Scenario } from './scenario.js'

export const orgDescription: Scenario = async ({ compare, send }) => {
  await compare('GET org', get('/api/v1/org'))
  await compare('GET okta-organization', get('/.well-known/okta-organization'))
  await compare('GET oauth-authorization-server', get('/.well-known/oauth-authorization-server'))
  await compare('GET user types', get('/api/v1/meta/types/user'))
  const { type } = Object(await send(get('/api/v1/users/ada.lovelace@example.com')))
  await compare('GET user type', get(`/api/v1/meta/types/user/${type?.id}`))
  await compare('GET unknown user type', get('/api/v1/meta/types/user/oty1234567890abcdef0'))
}

export const trustedOrigins: Scenario = async ({ compare }) => {
  const path = '/api/v1/trustedOrigins'
  const body = { name: 'App', origin: 'https://app.example.com', scopes: [{ type: 'CORS' }] }
  const { id } = Object(await compare('POST trusted origin', post(path, body)))
  await compare('GET trusted origin', get(`${path}/${id}`))
  await compare('PUT trusted origin', put(`${path}/${id}`, { ...body, name: 'Another' }))
  await compare('GET trusted origins', get(path))
  await compare('deactivate trusted origin', post(`${path}/${id}/lifecycle/deactivate`))
  await compare('activate trusted origin', post(`${path}/${id}/lifecycle/activate`))
  await compare('DELETE trusted origin', remove(`${path}/${id}`))
  await compare('GET unknown trusted origin', get(`${path}/${id}`))
}

export const sessions: Scenario = async ({ compare }) => {
  await compare('POST session with a wrong token', post('/api/v1/sessions', { sessionToken: 'unknown' }))
  await compare('GET unknown session', get('/api/v1/sessions/102etAqRbcPRXGtoDMIRXgWOQ'))
  await compare('unsupported method', { method: 'PUT', path: '/api/v1/users' })
}

export const rateLimit: Scenario = async ({ compare, send, okta }) => {
  okta.limitRate({ buckets: { '/api/v1/users': { limit: 1 } } })
  await send(get('/api/v1/users'))
  await compare('rate limit', get('/api/v1/users'))
  okta.limitRate()
}

export const tokenWithDpop: Scenario = async ({ compareResponse, sendRaw, okta }) => {
  const url = new URL('/oauth2/v1/token', okta.orgUrl).href
  const app = await serviceApp(okta.client('service', { dpop: true }), url)

  async function compareToken(fact: string, headers: Readonly<Record<string, string>>): Promise<RawResponse> {
    const body = new URLSearchParams(await app.tokenParameters('okta.users.read'))
    const request: RawRequest = { method: 'POST', path: '/oauth2/v1/token', headers, body }
    const response = await sendRaw(request)
    compareResponse(fact, request, response)
    return response
  }
  await compareToken('token without a DPoP proof', {})
  const proof = { htm: 'POST', htu: url }
  const withoutNonce = await compareToken('token without a DPoP nonce', { DPoP: await app.proof(proof) })
  const nonce = headerOf(withoutNonce, 'dpop-nonce') ?? ''
  const { json } = await compareToken('token with DPoP', { DPoP: await app.proof({ ...proof, nonce }) })

  const accessToken = String(Object(json).access_token)
  const ath = createHash('sha256').update(accessToken).digest('base64url')
  const htu = new URL('/api/v1/users', okta.orgUrl).href
  const headers = { Authorization: `DPoP ${accessToken}`, DPoP: await app.proof({ htm: 'GET', htu, ath }) }
  const users: RawRequest = { method: 'GET', path: '/api/v1/users', headers }
  compareResponse('GET users', users, await sendRaw(users))
}
