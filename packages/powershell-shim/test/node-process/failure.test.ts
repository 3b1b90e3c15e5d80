import { OktaConnectError } from '@connect-okta/core'
import type { Remedy } from '@connect-okta/core/types'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../src/failure.js'

const remedies: readonly (readonly [Remedy, string])[] = [
  [{ id: 'sign_in' }, 'Connect-Okta -Tenant'],
  [{ id: 'give_credential' }, '-JsonWebKey'],
  [{ id: 'give_passphrase' }, '-KeyPassphrase'],
  [{ id: 'omit_authorization_server' }, 'Omit -AuthorizationServer'],
  [{ id: 'set_authorization_server' }, 'Add -AuthorizationServer'],
  [{ id: 'sign_in_elsewhere' }, '-UseDeviceCode'],
  [{ id: 'change_redirect_uri', redirectUri: 'http://localhost:8080/login/callback' }, '-RedirectUri'],
]

describe('failureOf', () => {
  it.each(remedies)('names the parameter when an error has the remedy %o', (remedy, parameter) => {
    const { content } = failureOf(new OktaConnectError('login_required', 'Sign in.', { hint: 'Any hint.', remedy }))
    expect(content).toMatchObject({ code: 'login_required', hint: expect.stringContaining(parameter) })
  })

  it('has the message on one line, and the hint of the core, when an error has no remedy', () => {
    const { content } = failureOf(new OktaConnectError('scope_rejected', 'No\nscope.', { hint: 'Grant it.' }))
    expect(content).toMatchObject({ message: 'No scope.', hint: 'Grant it.', isNotConnected: false })
  })

  it('has the stack trace when an error is a bug', () => {
    expect(failureOf(new TypeError('x is undefined')).content).toEqual({
      message: 'Unexpected error. This is a bug in ConnectOkta.',
      trace: expect.stringMatching(/^TypeError: x is undefined\n +at /),
    })
  })
})
