import { join } from 'node:path'
import { defaultStateDirectory, type Notify } from '../deps.js'
import { optionsInvalid } from '../errors.js'
import { quoted } from '../quoted.js'
import { createFileStore } from './file-store.js'
import { createMemoryStore } from './memory-store.js'
import type { TokenStore } from './token-store.js'

/**
 * Opens a store by the name that people give it.
 *
 * @param name `auto` (the default of command line and PowerShell), `file` or `memory`.
 * @param notify hears, at the first login ever, that `auto` keeps tokens unencrypted; and of records left alone.
 * @throws {@link OktaConnectError} `options_invalid` for another name.
 * @example
 * const session = await connect(options, { store: openStore('file') })
 */
export function openStore(name: string, notify: Notify = () => {}): TokenStore {
  // A folder of our own below the state folder: its mode is ours to set.
  const directory = join(defaultStateDirectory(), 'tokens')
  switch (name) {
    case 'memory':
      return createMemoryStore()
    case 'file':
      return createFileStore({ directory, notify })
    case 'auto':
      return sayOnce(createFileStore({ directory, notify }), notify)
    default:
      throw optionsInvalid(`There is no token store named ${quoted(name)}.`, 'Use auto, file or memory.')
  }
}

// The first login makes the first `current` record, and only the first.
function sayOnce(store: TokenStore, notify: Notify): TokenStore {
  return {
    ...store,
    exclusive: (recordKey, use, signal) =>
      store.exclusive(
        recordKey,
        slot =>
          use({
            ...slot,
            async write(record) {
              const isFirst = record.kind === 'current' && (await slot.read()) === undefined
              await slot.write(record)
              if (isFirst) notify({ code: 'store_unsealed', message: unsealed(store.location) })
            },
          }),
        signal,
      ),
  }
}

function unsealed(location: string): string {
  return `Tokens are kept unencrypted, readable by you alone, in ${location}.`
}
