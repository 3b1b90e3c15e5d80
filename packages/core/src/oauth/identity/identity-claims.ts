import type { Broker } from '../../config/broker.js'
import { optionsInvalid } from '../../errors.js'
import { printable } from '../../safe-text.js'

/** An identity token, and where it was found. */
export interface FoundToken {
  readonly token: string
  /** For messages: `GitHub Actions`, `the file /var/run/…`. */
  readonly place: string
  /** How to set its audience there. */
  readonly hint: string
}

/**
 * Checks an identity token before it is sent: it is a JWT, valid now, and for this broker only. The broker verifies its signature.
 *
 * @param now milliseconds since 1970, on the clock of the broker.
 * @throws {@link OktaConnectError} `options_invalid`; the message never contains the token
 * @see RFC 7519 §4.1.3, RFC 8725 §3.9
 */
export function checkIdentityToken(found: FoundToken, { url }: Broker, now: number): void {
  const { token, place, hint } = found
  const claims = claimsOf(token)
  if (claims === undefined) {
    throw optionsInvalid(
      `The identity token (${place}) is not a JWT.`,
      'Use the identity token that the platform issued.',
    )
  }
  const audiences = [claims.aud].flat()
  if (audiences.length !== 1 || audiences[0] !== url.origin) {
    const named = claims.aud === undefined ? 'no audience' : `the audience ${audiences.map(shown).join(', ')}`
    const required = `It must have only the audience ${shown(url.origin)}.`
    throw optionsInvalid(`The identity token (${place}) has ${named}. ${required}`, hint)
  }
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) {
    const date = new Date(claims.exp * 1000)
    const when = Number.isNaN(date.getTime()) ? 'long ago' : `at ${date.toISOString()}`
    throw optionsInvalid(
      `The identity token (${place}) expired ${when}.`,
      'Get a new one from the platform. If the token is new, set the clock of this machine.',
    )
  }
}

// Not a secret, even if it looks like one: CircleCI's is a UUID.
function shown(audience: unknown): string {
  return `"${printable(typeof audience === 'string' ? audience : JSON.stringify(audience)).slice(0, 200)}"`
}

/** The claims of a JWT, not verified. */
export function claimsOf(token: string): Record<string, unknown> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1]
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
