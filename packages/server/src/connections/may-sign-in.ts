import type { Account } from '@connect-okta/core/types'
import type { ConnectionConfig } from '../config/broker-config.js'

/**
 * Whether an account may sign in for a connection. The e-mail address is not looked at: users change it themselves. A user
 * name is never compared with an id: an org may let users choose one that looks like an id.
 */
export function accepts({ signIn }: ConnectionConfig, { sub, login }: Account): boolean {
  return signIn.some(
    entry => entry === '*' || (isId(entry) ? entry === sub : login !== undefined && folded(entry) === folded(login)),
  )
}

// ASCII only: toLowerCase makes a k of the Kelvin sign, which another user name may have.
function folded(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

function isId(entry: string): boolean {
  return /^00u[A-Za-z0-9]{17}$/.test(entry)
}
