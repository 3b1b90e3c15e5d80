import { OktaConnectError } from '@connect-okta/core'
import type { Remedy } from '@connect-okta/core/types'
import { describe, expect, it } from 'vitest'
import { adviceFor, withAdvice } from './render-advice.js'

const remedies: readonly (readonly [Remedy, RegExp])[] = [
  [{ id: 'sign_in' }, /connect-okta login/],
  [{ id: 'give_credential' }, /--jwk-file .*--client-secret-file .*--profile/],
  [{ id: 'give_passphrase' }, /--key-passphrase-file .*CONNECT_OKTA_KEY_PASSPHRASE/],
  [{ id: 'omit_authorization_server' }, /Omit --authorization-server/],
  [{ id: 'set_authorization_server' }, /--authorization-server ID/],
  [{ id: 'accept_org' }, /connect-okta logout.*login --force/],
  [{ id: 'give_identity_token' }, /--identity-token-file .*--client-secret-file .*--jwk-file/],
  [{ id: 'sign_in_elsewhere' }, /BROWSER.*--no-browser.*--manual.*--device/],
  [
    { id: 'change_redirect_uri', redirectUri: 'http://localhost:8080/x' },
    /http:\/\/localhost:8080\/x .*--redirect-uri/,
  ],
]

describe('adviceFor', () => {
  it.each(remedies)('suggests flags when the remedy of an error is %j', (remedy, flags) => {
    expect(adviceFor(new OktaConnectError('browser_failed', 'It failed.', { hint: 'Fix it.', remedy }))).toMatch(flags)
  })

  it('is the hint when an error has no remedy', () => {
    expect(adviceFor(new OktaConnectError('store_failed', 'It failed.', { hint: 'Fix it.' }))).toBe('Fix it.')
  })

  it('suggests login --force when the API rejects the token', () => {
    const details = { hint: 'Sign in again.', remedy: { id: 'sign_in' }, api: { status: 401, causes: [] } } as const
    expect(adviceFor(new OktaConnectError('api_failed', 'It failed.', details))).toContain('connect-okta login --force')
  })

  it('suggests doctor when the network fails', () => {
    const error = new OktaConnectError('network_failed', 'It failed.', { hint: 'Check the network.' })
    expect(adviceFor(error)).toMatch(/^Check the network\. .*connect-okta doctor/)
  })
})

describe('withAdvice', () => {
  it.each(remedies)('suggests flags when the remedy of a finding is %j', (remedy, flags) => {
    const finding = { check: 'browser', outcome: 'warning', message: 'It failed.', fix: 'Fix it.', remedy } as const
    expect(withAdvice(finding).fix).toMatch(flags)
  })
})
