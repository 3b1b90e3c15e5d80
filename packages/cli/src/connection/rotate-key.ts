import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { OktaConnectError } from '@connect-okta/core'
import { type ClientKeyType, clientKeyTypes } from '@connect-okta/core/keys'
import { connectOptionsOf, parseTenant, type SecretReference } from '@connect-okta/core/profiles'
import { listLogins } from '@connect-okta/core/stores'
import { absolutePath } from '../input/absolute-path.js'
import type { Terminal } from '../output/terminal.js'
import type { ConnectionFlags } from './connection-flags.js'
import { type OpenConnection, openConnection } from './open-connection.js'

/** A new key beside an old one. */
export interface Rotation {
  /** The kind of the old key, where it tells. */
  readonly type: ClientKeyType | undefined
  /** A place beside the old one. */
  readonly place: string | { readonly keyring: string }
  /** Says how to change over, and when the old key may go. */
  tellWhatNext(newKeyFlag: string, newPlace: string, where: string): void
}

/**
 * Finds the key that is to be replaced, and a place beside it.
 *
 * @throws {@link OktaConnectError} `options_invalid` where there is none
 */
export async function beginRotation(flags: ConnectionFlags, terminal: Terminal): Promise<Rotation> {
  const connection = await openConnection(flags, terminal)
  const { settings } = connection
  const given = settings.values.key
  if (given === undefined || 'text' in given) {
    throw new OktaConnectError('options_invalid', 'There is no key that another one could be made beside.', {
      hint: 'Name the old one: --profile NAME, --jwk-file FILE or --jwk-keyring NAME.',
    })
  }
  const key = 'file' in given ? { file: absolutePath(given.file, terminal.io) } : given
  const old = await readPublicFacts(connection)
  const inUseUntil = await lastExpiry(connection, terminal.io.now())
  const profile = settings.origins.key?.startsWith('profile ') ? ` --profile ${settings.profile}` : ''
  return {
    type: old.type,
    place: placeBeside(key, terminal.io.now()),
    tellWhatNext(newKeyFlag, newPlace, where) {
      const oldPlace = 'file' in key ? key.file : `the entry ${key.keyring} of the keyring`
      terminal.info(
        [
          `The new private key is in ${newPlace}. The old one${old.kid === undefined ? '' : ` (${old.kid})`} stays where it is.`,
          `1. Add the public key above beside the old one: ${where}.`,
          `2. Change over, here and wherever else the old key is: connect-okta login${profile} ${newKeyFlag} --force`,
          `3. The old key may go when every program has changed over. ${inUseUntil}`,
          `   Then make it inactive and delete it in Okta, and delete ${oldPlace}.`,
        ].join('\n'),
      )
    },
  }
}

async function readPublicFacts({
  settings,
  deps,
}: OpenConnection): Promise<{ kid?: string; type: ClientKeyType | undefined }> {
  const { jsonWebKey } = (await connectOptionsOf(settings, deps.notify && { notify: deps.notify })) as {
    jsonWebKey?: string
  }
  try {
    const { kid, crv, n } = JSON.parse(jsonWebKey ?? '')
    const name = typeof crv === 'string' ? crv : `RSA-${Buffer.from(String(n), 'base64url').byteLength * 8}`
    return { ...(typeof kid === 'string' && { kid }), type: clientKeyTypes.find(one => one === name) }
  } catch {
    return { type: undefined }
  }
}

// What was obtained by the old key is good until it runs out, and is revoked with that key alone.
async function lastExpiry({ settings, deps }: OpenConnection, now: number): Promise<string> {
  const { tenant, clientId } = settings.values
  const orgUrl = tenant === undefined ? undefined : parseTenant(tenant).origin
  const times = (await listLogins(deps))
    .filter(login => login.identity.type === 'app' && (clientId === undefined || login.clientId === clientId))
    .filter(login => orgUrl === undefined || login.orgUrl === orgUrl)
    .map(({ expiresAt }) => expiresAt.getTime())
  const last = Math.max(...times, 0)
  return last > now
    ? `Here a token that it may have got is good until ${new Date(last).toISOString()}.`
    : 'Here no token that it got is in use.'
}

function placeBeside(key: Exclude<SecretReference, { text: string }>, now: number): Rotation['place'] {
  const day = new Date(now).toISOString().slice(0, 10)
  if ('keyring' in key) return { keyring: `${key.keyring}-${day}` }
  const extension = extname(key.file)
  const stem = `${key.file.slice(0, key.file.length - extension.length)}-${day}`
  const isFree = (path: string) => !existsSync(path)
  // A second one on the same day is rare, a hundredth is none.
  const paths = ['', ...Array.from({ length: 99 }, (_, index) => `-${index + 2}`)].map(
    end => `${stem}${end}${extension}`,
  )
  return paths.find(isFree) ?? `${stem}${extension}`
}
