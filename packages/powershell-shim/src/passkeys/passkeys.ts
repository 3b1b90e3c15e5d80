import { isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { callApi, printable, requireSuccess, requireWholeBody } from '@connect-okta/core/api'
import type { ApiErrorDetails } from '@connect-okta/core/types'
import { requestLessHint } from '../api/api-request.js'
import { isRecord } from '../is-record.js'
import { attestationOf } from './passkey-credential.js'

/** The user of a passkey, as the user of the cmdlet named them. */
export interface PasskeyUser {
  readonly userId?: unknown
  readonly login?: unknown
}

/**
 * Returns the ID of the user with a login.
 *
 * @throws {@link OktaConnectError} `options_invalid` if Okta finds another user, such as by a part of the login; `api_failed`
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/getUser
 */
export async function userIdOf(session: OktaSession, login: string, signal: AbortSignal): Promise<string> {
  const path = `/api/v1/users/${encodeURIComponent(login)}`
  const { id, profile } = await send(session, signal, 'GET', path).catch(error => {
    throw isOktaConnectError(error) && error.api?.status === 404 ? noSuchUser(login, error.api) : error
  })
  const found = isRecord(profile) ? `${profile.login}` : ''
  if (found.toLowerCase() !== login.trim().toLowerCase()) {
    throw new OktaConnectError('options_invalid', 'There is no user with this login: Okta returned another user.', {
      hint: 'Use the full login, such as ada.lovelace@example.com.',
    })
  }
  return `${id}`
}

function noSuchUser(login: string, api: ApiErrorDetails): OktaConnectError {
  return new OktaConnectError('api_failed', `There is no user with the login ${printable(login)}.`, {
    hint: 'Use the full login, such as ada.lovelace@example.com.',
    api,
  })
}

/**
 * Starts the registration of a passkey, and returns what an authenticator needs to create it.
 *
 * @param timeoutMs how long the challenge is valid
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor/
 */
export async function passkeyOptions(session: OktaSession, user: PasskeyUser, timeoutMs: number, signal: AbortSignal) {
  const userId = await idOf(session, user, signal)
  const path = `/api/v1/users/${userId}/factors?tokenLifetimeSeconds=${Math.round(timeoutMs / 1000)}`
  const factor = await send(session, signal, 'POST', path, { factorType: 'webauthn', provider: 'FIDO' })
  const embedded = isRecord(factor._embedded) ? factor._embedded : {}
  if (!isRecord(embedded.activation)) {
    throw new OktaConnectError('server_failed', 'Okta returned no options for the passkey.', {
      hint: 'Try again. Check that Security > Authenticators contains Passkeys (FIDO2 WebAuthn).',
    })
  }
  const rp = isRecord(embedded.activation.rp) ? embedded.activation.rp : {}
  return {
    factorId: factor.id,
    userId,
    // WebAuthn §5.1.3: Okta omits the RP ID, which then is the host that the browser shows.
    publicKey: { ...embedded.activation, rp: { id: session.orgUrl.hostname, ...rp }, timeout: timeoutMs },
  }
}

/** Completes the registration of a passkey that an authenticator has created. */
export async function registerPasskey(
  session: OktaSession,
  { factorId, credential, ...user }: PasskeyUser & { readonly factorId: unknown; readonly credential: unknown },
  signal: AbortSignal,
) {
  const attestation = attestationOf(credential)
  const userId = await idOf(session, user, signal)
  const path = `/api/v1/users/${userId}/factors/${checkedId(factorId, '-FactorId')}/lifecycle/activate`
  const { id, profile, ...factor } = await send(session, signal, 'POST', path, attestation).catch(withPasskeyHint)
  const { credentialId = null, authenticatorName = null } = isRecord(profile) ? profile : {}
  const names = ['factorType', 'provider', 'vendorName', 'status', 'created', 'lastUpdated']
  const values = Object.fromEntries(names.map(name => [name, factor[name] ?? null]))
  return { factorId: id, ...values, credentialId, authenticatorName }
}

function withPasskeyHint(error: unknown): never {
  if (!isOktaConnectError(error) || error.api?.errorCode !== 'E0000068') throw error
  const hint =
    'Okta rejected the passkey. It was created for another host or challenge, was created too late, or is already registered. ' +
    'Get new options, and create it again.'
  throw new OktaConnectError(error.code, error.message, { hint, api: error.api })
}

async function idOf(session: OktaSession, { userId, login }: PasskeyUser, signal: AbortSignal): Promise<string> {
  return userId === undefined ? await userIdOf(session, `${login}`, signal) : checkedId(userId, '-UserId')
}

function checkedId(id: unknown, name: string): string {
  if (typeof id === 'string' && /^[\w-]+$/.test(id)) return id
  throw new OktaConnectError('options_invalid', `${name} is not an ID of Okta.`, {
    hint:
      name === '-UserId' ? 'Use an ID such as 00u1a2b3c4d5e6f7g8h9, or -Login.' : 'Use the FactorId of the options.',
  })
}

async function send(
  session: OktaSession,
  signal: AbortSignal,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const request = { method, path, ...(body !== undefined && { body: JSON.stringify(body) }) }
  const response = requireSuccess(await callApi(session, request, { signal }))
  await requireWholeBody(response, session, requestLessHint)
  return JSON.parse(String(response.body.start))
}
