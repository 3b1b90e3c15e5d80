import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { OktaConnectError } from '@connect-okta/core'
import { type ClientKeyType, clientKeyTypes } from '@connect-okta/core/keys'
import { isSignerReference, parseTenant, type SecretReference } from '@connect-okta/core/profiles'
import { listLogins } from '@connect-okta/core/stores'
import { absolutePath } from '../input/absolute-path.js'
import type { Terminal } from '../output/terminal.js'
import type { ConnectionFlags } from './connection-flags.js'
import { type OpenConnection, openConnection, optionsOf } from './open-connection.js'

/** How a new key replaces an old one. */
export interface Rotation {
  /** The type of the old key, if it is known. */
  readonly type: ClientKeyType | undefined
  /** A place next to the old key. */
  readonly place: string | { readonly keyring: string }
  /** Prints how to change to the new key, and when to delete the old one. */
  printNextSteps(newKeyFlag: string, newPlace: string, where: string): void
}

/**
 * Finds the key to replace, and a place for the new one.
 *
 * @throws {@link OktaConnectError} `options_invalid` if no key is configured
 */
export async function beginRotation(flags: ConnectionFlags, terminal: Terminal): Promise<Rotation> {
  const connection = await openConnection(flags, terminal)
  const { settings } = connection
  const given = settings.values.key
  if (given === undefined || 'text' in given) {
    throw new OktaConnectError('options_invalid', 'There is no key to replace.', {
      hint: 'Specify the old key: --profile NAME, --jwk-file FILE or --jwk-keyring NAME.',
    })
  }
  if (isSignerReference(given)) {
    throw new OktaConnectError('options_invalid', 'keygen cannot replace a key in an ssh-agent or behind a command.', {
      hint: 'Create another key there, and print its public key: connect-okta keygen --ssh-agent KEY, or --command.',
    })
  }
  const key = 'file' in given ? { file: absolutePath(given.file, terminal.io) } : given
  const old = await readPublicPart(connection, terminal)
  const inUseUntil = await lastExpiry(connection, terminal.io.now())
  const profile = settings.origins.key?.startsWith('profile ') ? ` --profile ${settings.profile}` : ''
  return {
    type: old.type,
    place: placeNextTo(key, terminal.io.now()),
    printNextSteps(newKeyFlag, newPlace, where) {
      const oldPlace = 'file' in key ? key.file : `the entry ${key.keyring} in the keyring`
      terminal.info(
        [
          `The new private key ${newPlace}. The old key${old.kid === undefined ? '' : ` (${old.kid})`} is unchanged.`,
          `1. Add the public key above to the app, and keep the old one: ${where}.`,
          `2. Use the new key here and in every program that uses the old key: connect-okta login${profile} ${newKeyFlag} --force`,
          `3. When all programs use the new key, delete the old one. ${inUseUntil}`,
          `   In Okta, deactivate it, and then delete it. Also delete ${oldPlace}.`,
        ].join('\n'),
      )
    },
  }
}

async function readPublicPart(
  { settings }: OpenConnection,
  terminal: Terminal,
): Promise<{ kid?: string; type: ClientKeyType | undefined }> {
  const options = await optionsOf(settings, terminal)
  try {
    const { kid, crv, n } = JSON.parse('jsonWebKey' in options ? String(options.jsonWebKey) : '')
    const name = typeof crv === 'string' ? crv : `RSA-${Buffer.from(String(n), 'base64url').byteLength * 8}`
    return { ...(typeof kid === 'string' && { kid }), type: clientKeyTypes.find(one => one === name) }
  } catch {
    return { type: undefined }
  }
}

// A token of the old key stays valid until it expires, and only that key can revoke it.
async function lastExpiry({ settings, deps }: OpenConnection, now: number): Promise<string> {
  const { tenant, clientId } = settings.values
  const orgUrl = tenant === undefined ? undefined : parseTenant(tenant).origin
  const times = (await listLogins(deps))
    .filter(login => login.identity.type === 'app' && (clientId === undefined || login.clientId === clientId))
    .filter(login => orgUrl === undefined || login.orgUrl === orgUrl)
    .map(({ expiresAt }) => expiresAt.getTime())
  const last = Math.max(...times, 0)
  return last > now
    ? `The last stored token that was obtained with the old key expires at ${new Date(last).toISOString()}.`
    : 'No stored token was obtained with the old key.'
}

function placeNextTo(key: Exclude<SecretReference, { text: string }>, now: number): Rotation['place'] {
  const day = new Date(now).toISOString().slice(0, 10)
  if ('keyring' in key) return { keyring: `${key.keyring}-${day}` }
  const extension = extname(key.file)
  const stem = `${key.file.slice(0, key.file.length - extension.length)}-${day}`
  const isFree = (path: string) => !existsSync(path)
  // A second rotation on one day is rare. A hundredth is not supported.
  const paths = ['', ...Array.from({ length: 99 }, (_, index) => `-${index + 2}`)].map(
    end => `${stem}${end}${extension}`,
  )
  return paths.find(isFree) ?? `${stem}${extension}`
}
