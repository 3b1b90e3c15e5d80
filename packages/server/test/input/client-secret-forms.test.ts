import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/clients/client.js'
import { connectionOf, filesOf, startBroker, type TestBroker } from '../support/broker.test.support.js'

// Secrets that a user chose, in which both readings of a Basic header matter.
const secrets: Readonly<Record<string, string>> = {
  plus: 'a+b/c==',
  percent: '100%25 sure',
  invalid: '50%zz',
  colon: 'a:b:c',
  utf8: 'pässwörd€',
}
let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  const clients = Object.entries(secrets).map(([name, secret]) => [
    name,
    { secretSha256: digestOf(secret).toString('hex'), connections: ['users'] },
  ])
  broker = await startBroker(
    { connections: { users: connectionOf(okta, okta.client('service')) }, clients: Object.fromEntries(clients) },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})

async function post(authorization: string | undefined, more: Record<string, string> = {}) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...more })
  const headers = authorization === undefined ? {} : { authorization }
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
  const { error_description: description } = (await response.json()) as { error_description?: string }
  return { status: response.status, description }
}
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a Basic header', () => {
  it.each(Object.entries(secrets))('is accepted as RFC 6749 encodes it, and as curl does: %s', async (name, secret) => {
    expect(await post(`Basic ${base64(`${encodeURIComponent(name)}:${encodeURIComponent(secret)}`)}`)).toMatchObject({
      status: 200,
    })
    expect(await post(`Basic ${base64(`${name}:${secret}`)}`)).toMatchObject({ status: 200 })
  })

  it.each<[string, string]>([
    ['in lower case', `basic ${base64('colon:a:b:c')}`],
    ['without padding', `Basic ${base64('plus:a+b/c==').replace(/=+$/, '')}`],
    ['in the URL alphabet', `Basic ${Buffer.from(`utf8:${secrets.utf8}`).toString('base64url')}`],
    ['with the line end of echo', `Basic ${base64('colon:a:b:c\n')}`],
    ['with the line end of Windows', `Basic ${base64('colon:a:b:c\r\n')}`],
  ])('is accepted %s', async (_form, authorization) => {
    expect(await post(authorization)).toMatchObject({ status: 200 })
  })

  it.each<[string, string, string]>([
    ['is not Base64', 'Basic colon:a:b:c', 'malformed'],
    ['has no scheme', base64('colon:a:b:c'), 'malformed'],
    ['has no colon', `Basic ${base64('colon')}`, 'no colon'],
    ['has no secret', `Basic ${base64('colon:')}`, 'The secret is empty'],
    ['has only a line end for a secret', `Basic ${base64('colon:\n')}`, 'The secret is empty'],
    ['has the secret of a form', `Basic ${base64('percent:100%2525%2520sure')}`, 'wrong secret'],
  ])('is rejected when it %s', async (_what, authorization, words) => {
    const { status, description } = await post(authorization)
    expect({ status, description }).toEqual({ status: 401, description: expect.stringContaining(words) })
  })

  it('counts one failed attempt when neither reading is right', async () => {
    const wrong = `Basic ${base64('plus:100%25')}`
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await post(wrong)).status).toBe(401)
    expect((await post(wrong)).status).toBe(429)
  })
})

describe('client_secret', () => {
  it('is accepted as it is, and with the line end of a file', async () => {
    for (const end of ['', '\n', '\r\n']) {
      expect(await post(undefined, { client_id: 'percent', client_secret: secrets.percent + end })).toMatchObject({
        status: 200,
      })
    }
  })

  it('is rejected when it is only a line end', async () => {
    const { status, description } = await post(undefined, { client_id: 'percent', client_secret: '\r\n' })
    expect({ status, description }).toEqual({
      status: 401,
      description: expect.stringContaining('The secret is empty'),
    })
  })

  it('lists the authentication methods when it is missing', async () => {
    const { status, description } = await post(undefined, { client_id: 'percent' })
    expect({ status, description }).toEqual({ status: 401, description: expect.stringContaining('client_secret') })
  })
})
