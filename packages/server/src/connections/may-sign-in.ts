import type { Account } from '@connect-okta/core/types'
import type { ConnectionConfig } from '../config/broker-config.js'

/**
 * Whether an account may sign in for a connection. E-mail addresses are ignored, because users can change their own. A username
 * is never compared with an id, because an org may let users choose a username that looks like an id.
 */
export function maySignIn({ signIn }: ConnectionConfig, { sub, login }: Account): boolean {
  return signIn.some(
    entry =>
      entry === '*' ||
      (isId(entry) ? entry === sub : login !== undefined && toLowerAscii(entry) === toLowerAscii(login)),
  )
}

// ASCII only: toLowerCase turns the Kelvin sign, which another username may contain, into a k.
function toLowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

function isId(entry: string): boolean {
  return /^00u[A-Za-z0-9]{17}$/.test(entry)
}
