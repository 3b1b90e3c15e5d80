import { readFile } from 'node:fs/promises'
import { type ConnectOptions, type Deps, OktaConnectError } from '@connect-okta/core'
import { keyTextFrom } from '@connect-okta/core/keys'
import { connectOptionsOf, parseList, readSettings, requireConnectOptions } from '@connect-okta/core/profiles'
import { openStore } from '@connect-okta/core/stores'

/** The options of the core, and what its sessions need. */
export interface ConnectCall {
  readonly options: ConnectOptions
  readonly deps: Partial<Deps>
}

/**
 * The options of the core for the parameters of a cmdlet. Those of a profile are added, and its store is used.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`, `store_failed`
 */
export async function connectCall(given: Record<string, unknown>, deps: Partial<Deps>): Promise<ConnectCall> {
  const { profile, ...rest } = given
  const options = await coreOptions(rest)
  if (typeof profile !== 'string') return { options: options as unknown as ConnectOptions, deps }
  const settings = await readSettings({}, { profile })
  const ofProfile = await connectOptionsOf(settings, deps.notify === undefined ? {} : { notify: deps.notify })
  const { store } = settings.values
  return {
    options: requireConnectOptions({ ...ofProfile, ...options }),
    deps: store === undefined ? deps : withStore(deps, store),
  }
}

function withStore(deps: Partial<Deps>, store: string): Partial<Deps> {
  const { notify, fetch, openBrowser, showDeviceCode } = deps
  const others = { notify, fetch, openBrowser, showDeviceCode }
  const defined = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
  return { ...defined, store: openStore(store, notify === undefined ? {} : { notify }) }
}

/** As {@link connectCall}, for parameters without a profile, some of which may be missing. */
export async function coreOptions(given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { keyPassphrase, redirectUri, jsonWebKeyPath, ...options } = given
  return {
    ...options,
    ...(Array.isArray(redirectUri) && { redirectUri: redirectUri.flatMap(parseList) }),
    ...(typeof jsonWebKeyPath === 'string' && { jsonWebKey: keyTextFrom(await readKeyFile(jsonWebKeyPath)) }),
    // A file with a passphrase ends with a line end.
    ...(typeof keyPassphrase === 'string' && { passphrase: keyPassphrase.replace(/(\r\n?|\n)$/, '') }),
  }
}

async function readKeyFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'it does not exist' : code === 'EISDIR' ? 'it is a folder' : code
    throw new OktaConnectError('private_key_invalid', `The key file ${path} cannot be read: ${reason}.`, {
      hint: 'Use the path of a file that contains the private key: -JsonWebKeyPath key.json',
    })
  }
}
