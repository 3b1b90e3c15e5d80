import { afterEach, describe, expect, it } from 'vitest'
import {
  connectToFakeServer,
  jsonResponse,
  jsonWebKey,
  stopFakeServers,
  tokenResponse,
} from '../../test/support/fake-server.test.support.js'
import { callApi } from '../api/call-api.js'
import { connect, OktaConnectError } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { networkError } from './network-error.js'

afterEach(stopFakeServers)

describe('networkError', () => {
  it('returns cancelled for a request that was aborted', async () => {
    const session = await connectToFakeServer(
      (request, response) => request.url === '/oauth2/v1/token' && jsonResponse(200, tokenResponse)(request, response),
      { store: createMemoryStore() },
    )
    const convert = (error: unknown) => networkError(session.orgUrl.host, error)
    const late = await session.fetch('/users', { signal: AbortSignal.timeout(20) }).catch(convert)
    expect(late).toMatchObject({ code: 'cancelled', message: 'The time limit of the request was reached.' })
    const aborted = await session.fetch('/users', { signal: AbortSignal.abort() }).catch(convert)
    expect(aborted).toMatchObject({ code: 'cancelled', message: 'Cancelled.' })
  })

  it('returns an error of this library unchanged', () => {
    const error = new OktaConnectError('login_required', 'You are not signed in.', { hint: 'Sign in first.' })
    expect(networkError('example.okta.com', error)).toBe(error)
  })

  it('has an error that is not one of the network as its cause', () => {
    const bug = new TypeError('log.info is not a function')
    const error = networkError('example.okta.com', bug)
    expect(error).toMatchObject({ code: 'network_failed', message: 'example.okta.com cannot be reached (TypeError).' })
    expect(error.cause).toBe(bug)
  })
})

describe('a fetch of the program', () => {
  it.each([new TypeError('log.info is not a function'), 'a text'])('throws its own error: %s', async bug => {
    const options = { tenant: 'example.okta.com', clientId: '0oa1', jsonWebKey }
    const failure = connect(options, { store: createMemoryStore(), fetch: () => Promise.reject(bug) })
    await expect(failure).rejects.toBe(bug)
    const store = createMemoryStore()
    const session = await connect(options, { store, fetch: async () => Response.json(tokenResponse) })
    await session.token()
    const failing = await connect(options, { store, fetch: () => Promise.reject(bug) })
    await expect(callApi(failing, { method: 'GET', path: '/users' })).rejects.toBe(bug)
  })
})
