import { api, type Endpoint } from '../table/endpoint.js'
import { refused } from '../table/parameters.js'
import { activateFactor } from './activate-factor.js'
import { enrollFactor, tokenLifetimeSeconds } from './enroll-factor.js'
import { deleteFactor, listFactors, oneFactor } from './factors.js'

const read = { scopes: ['okta.users.read', 'okta.users.manage'] } as const
const manage = { scopes: ['okta.users.manage'] } as const
const factors = '/api/v1/users/{userId}/factors'
const factor = `${factors}/{factorId}`

/** The factors API. */
export const FACTOR_ENDPOINTS: readonly Endpoint[] = [
  api('GET', factors, { ...read, summary: 'Lists the passkeys of a user.' }, listFactors),
  api(
    'POST',
    factors,
    {
      ...manage,
      summary: 'Enrolls a passkey.',
      body: 'json',
      query: [tokenLifetimeSeconds, refused('updatePhone'), refused('templateId'), refused('activate')],
    },
    enrollFactor,
  ),
  api('GET', factor, { ...read, summary: 'Returns a passkey.' }, oneFactor),
  api(
    'DELETE',
    factor,
    { ...manage, summary: 'Deletes a passkey.', query: [refused('removeRecoveryEnrollment')] },
    deleteFactor,
  ),
  api(
    'POST',
    `${factor}/lifecycle/activate`,
    { ...manage, summary: 'Registers the passkey.', body: 'json' },
    activateFactor,
  ),
]
