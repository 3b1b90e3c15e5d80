import type { ConnectOptions, Deps } from '@connect-okta/core'
import { keyTextFrom } from '@connect-okta/core/keys'
import { connectOptionsOf, parseList, readSettings, requireConnectOptions } from '@connect-okta/core/profiles'
import { openStore, type TokenStore } from '@connect-okta/core/stores'

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
  const options = coreOptions(rest)
  if (typeof profile !== 'string') return { options: options as unknown as ConnectOptions, deps }
  const settings = await readSettings({}, { profile })
  const ofProfile = await connectOptionsOf(settings, deps.notify === undefined ? {} : { notify: deps.notify })
  const { store } = settings.values
  return {
    options: requireConnectOptions({ ...ofProfile, ...options }),
    deps: store === undefined ? deps : withStore(deps, store),
  }
}

// By their settings: a store in memory is one store for all sessions of this process.
const openStores = new Map<string, TokenStore>()

function withStore(deps: Partial<Deps>, setting: string): Partial<Deps> {
  const { notify, fetch, showDeviceCode } = deps
  const store = openStores.get(setting) ?? openStore(setting, notify === undefined ? {} : { notify })
  openStores.set(setting, store)
  return {
    store,
    ...(notify !== undefined && { notify }),
    ...(fetch !== undefined && { fetch }),
    ...(showDeviceCode !== undefined && { showDeviceCode }),
  }
}

/** As {@link connectCall}, for parameters without a profile, some of which may be missing. */
export function coreOptions(given: Record<string, unknown>): Record<string, unknown> {
  const { keyPassphrase, redirectUri, jsonWebKey, ...options } = given
  return {
    ...options,
    ...(Array.isArray(redirectUri) && { redirectUri: redirectUri.flatMap(parseList) }),
    ...(jsonWebKey !== undefined && { jsonWebKey: keyOf(jsonWebKey) }),
    // A file with a passphrase ends with a line end.
    ...(typeof keyPassphrase === 'string' && { passphrase: keyPassphrase.replace(/(\r\n?|\n)$/, '') }),
  }
}

// The bytes of a file are Base64.
function keyOf(key: unknown): unknown {
  const [, bytes] = /^base64:(.*)$/.exec(`${key}`) ?? []
  return bytes === undefined ? key : keyTextFrom(Buffer.from(bytes, 'base64'))
}
