import { OKTA_SCOPES } from '@connect-okta/emulator'
import { expect, it } from 'vitest'
import { oktaScopes } from './okta-scopes.js'

it('has the scopes that the emulator knows', () => {
  expect([...OKTA_SCOPES].sort()).toEqual([...oktaScopes])
})
