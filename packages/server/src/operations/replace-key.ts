import { OktaConnectError } from '@connect-okta/core'
import { openManagedKeyStore } from '@connect-okta/core/keys'
import { configInvalid } from '../config/config-file.js'
import { forConnection } from '../config/connection-error.js'
import { issuerOf, parseListenAddress } from '../config/listen-address.js'
import { loadConnections } from '../config/load-config.js'
import { loadStore } from '../config/load-store.js'
import { managedKeysOf } from '../connections/managed-keys.js'
import { loadConfig, type ServeOptions } from '../serve.js'
import { keysPath } from './key-rotation.js'

/**
 * Replaces the managed key of a connection at once, for example after a leak. Running brokers notice it.
 *
 * @param print writes messages to the user.
 * @throws {@link OktaConnectError} `options_invalid` when the connection has no managed key, also in the store; `store_failed`
 */
export async function replaceKey(name: string, options: ServeOptions, print: (text: string) => void): Promise<void> {
  const config = await loadConfig(options)
  const notify = ({ message }: { message: string }) => print(`${message}\n`)
  const { address, redis } = await loadStore(config, notify)
  const connections = await loadConnections(config, notify)
  const managed = connections.filter(({ managedKey }) => managedKey !== undefined)
  const connection = managed.find(one => one.name === name)
  const store = openManagedKeyStore(address, { redis })
  const clocks = { now: Date.now, monotonicNow: () => performance.now() }
  const keys = connection && managedKeysOf(connection, { ...clocks, notify, managedKeyStore: () => store })
  if (keys === undefined) {
    const names = managed.map(one => one.name).join(', ') || 'none'
    throw configInvalid(`--replace-key: no connection with this name has a managed key. Those with one: ${names}.`)
  }
  await forConnection(name, async () => {
    const { keys: replaced } = await keys.state()
    if (replaced.length === 0) {
      throw new OktaConnectError(
        'options_invalid',
        `No managed key of this connection is stored in ${store.location}.`,
        {
          hint: 'Run the command with HOME, CONNECT_OKTA_STATE_DIR, CONNECT_OKTA_STORE_KEY and --store of the broker.',
        },
      )
    }
    const [newest] = (await keys.replaceNow()).keys
    const url = issuerOf(config.file, parseListenAddress(config.file.listen)) + keysPath(name)
    print(
      `Created the key ${newest?.kid} of ${name} in ${store.location}. Okta fetches it from ${url}.\n` +
        `It replaces ${replaced.map(({ kid }) => kid).join(' and ')}. The previous key stays in use until Okta accepts the new key, and is then ` +
        'removed. A running broker tries the new key within a minute, and then every five minutes. When Okta has accepted it, ' +
        '/readyz reports accepted.\n',
    )
  })
}
