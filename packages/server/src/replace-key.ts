import { openManagedKeyStore } from '@connect-okta/core/keys'
import { configInvalid } from './config/config-file.js'
import { forConnection } from './config/connection-error.js'
import { issuerOf, parseListenAddress } from './config/listen-address.js'
import { loadConnections } from './config/load-config.js'
import { loadStore } from './config/load-store.js'
import { managedKeysOf } from './connections/managed-keys.js'
import { keysPath } from './operations/key-rotation.js'
import { loadConfig, type ServeOptions } from './serve.js'

/**
 * Replaces the managed key of a connection at once, for example after a leak. Running brokers notice it.
 *
 * @param print writes messages to the user.
 * @throws {@link OktaConnectError} `options_invalid` when the connection has no managed key; `store_failed`
 */
export async function replaceKey(name: string, options: ServeOptions, print: (text: string) => void): Promise<void> {
  const config = await loadConfig(options)
  const notify = ({ message }: { message: string }) => print(`${message}\n`)
  const { address, redis } = await loadStore(config, notify)
  const connections = await loadConnections(config, notify)
  const managed = connections.filter(({ managedKey }) => managedKey !== undefined)
  const connection = managed.find(one => one.name === name)
  const keys =
    connection &&
    managedKeysOf(connection, {
      now: Date.now,
      monotonicNow: () => performance.now(),
      notify,
      managedKeyStore: () => openManagedKeyStore(address, { redis }),
    })
  if (keys === undefined) {
    const names = managed.map(one => one.name).join(', ') || 'none'
    throw configInvalid(`--replace-key: no connection with this name has a managed key. Those with one: ${names}.`)
  }
  const {
    keys: [newest],
  } = await forConnection(name, () => keys.replaceNow())
  const url = issuerOf(config.file, parseListenAddress(config.file.listen)) + keysPath(name)
  print(
    `Created the key ${newest?.kid} of ${name}. Okta fetches it from ${url}.\n` +
      'The broker uses the new key at once, and the key before it only while Okta does not know the new one. As soon as Okta has ' +
      'accepted the new key, the old one is removed: /readyz then reports accepted for the new one.\n',
  )
}
