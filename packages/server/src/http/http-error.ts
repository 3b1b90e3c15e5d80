import { type ErrorCode, errorCatalogue, isOktaConnectError, type OktaConnectError } from '@connect-okta/core'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Why a request is not answered as asked: thrown anywhere, rendered once (RFC 6749 §5.2). */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly status: ContentfulStatusCode,
    /** A code of a specification, or of our catalogue. */
    readonly error: string,
    /** What happened, and what to do. */
    description: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** What the log has instead of the description. */
    cause?: Error,
  ) {
    super(description, { cause })
  }
}

/** 401 tells how to do better (RFC 9110 §11.6.1). */
export const challenge: Readonly<Record<string, string>> = {
  'www-authenticate': 'Basic realm="connect-okta", charset="UTF-8"',
}

/** The caller is not who it says it is, or does not say. */
export function callerUnknown(description: string): Refusal {
  return new Refusal(401, 'invalid_client', description, challenge)
}

/** An assertion that the client has signed, and that is not valid: no one has guessed. */
export class AssertionRefusal extends Refusal {
  constructor(description: string) {
    super(401, 'invalid_client', description, challenge)
  }
}

/** A request that breaks a rule of its form. */
export function malformed(description: string): Refusal {
  return new Refusal(400, 'invalid_request', description)
}

// At the token endpoint the words are those of RFC 6749 §5.2, whatever our catalogue says.
const tokenErrors: Partial<Record<ErrorCode, readonly [ContentfulStatusCode, string]>> = {
  login_required: [400, 'invalid_grant'],
  login_denied: [400, 'invalid_grant'],
  login_timeout: [400, 'invalid_grant'],
  state_mismatch: [400, 'invalid_grant'],
  scope_rejected: [400, 'invalid_scope'],
  // What is wrong in the broker's own configuration is no fault of the caller.
  options_invalid: [500, 'server_error'],
  private_key_invalid: [500, 'server_error'],
  key_required: [500, 'server_error'],
  store_failed: [503, 'temporarily_unavailable'],
}
// What the server itself lacks is for its log: paths and settings.
const ofServer = new Set<ErrorCode>(['options_invalid', 'private_key_invalid', 'key_required', 'store_failed'])

/** Which connection gives no token, and where somebody could sign in for it. */
export interface FailingConnection {
  readonly name: string
  readonly isPersonal: boolean
  readonly issuer: string
}

/** What the token endpoint answers where a connection gives no token. */
export function tokenRefusal(error: unknown, connection: FailingConnection): Refusal {
  if (error instanceof Refusal) return error
  if (!isOktaConnectError(error)) throw error
  const { httpStatus } = errorCatalogue[error.code]
  const status = (httpStatus ?? 503) as ContentfulStatusCode
  const [told, name] = tokenErrors[error.code] ?? [status, status === 503 ? 'temporarily_unavailable' : 'server_error']
  return new Refusal(told, name, wordsOf(error, connection), told === 503 ? retryLater : {}, error)
}

/** What our own routes answer: the codes and statuses of the catalogue. */
export function connectionRefusal(error: unknown, connection: FailingConnection): Refusal {
  if (error instanceof Refusal) return error
  if (!isOktaConnectError(error)) throw error
  return refusalOf(error, wordsOf(error, connection))
}

/** What any route answers to an error of the core that it did not expect. */
export function refusalOf(error: OktaConnectError, description = wordsOf(error)): Refusal {
  const { code } = error
  const status = code === 'store_failed' ? 503 : (errorCatalogue[code].httpStatus ?? 503)
  const headers = status === 401 ? challenge : status === 503 ? retryLater : {}
  return new Refusal(status as ContentfulStatusCode, code, description, headers, error)
}

const retryLater: Readonly<Record<string, string>> = { 'retry-after': '5' }

function wordsOf({ code, message, hint }: OktaConnectError, connection?: FailingConnection): string {
  if (code === 'store_failed') return 'The token store of this server is not available.'
  if (ofServer.has(code)) return 'The configuration of this server is not valid. Its log has the details.'
  const needsPerson = errorCatalogue[code].exitCode === errorCatalogue.login_required.exitCode
  if (!needsPerson || !connection?.isPersonal) return `${message} ${hint}`
  const { name, issuer } = connection
  return `No user is signed in for ${name}. Sign in at ${issuer}/login/${name}`
}

/** The JSON of a refusal. Its words are printable ASCII without quotes and backslashes (RFC 6749 §5.2). */
export function bodyOf({ error, message }: Refusal): { error: string; error_description: string } {
  return { error, error_description: message.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, ' ') }
}
