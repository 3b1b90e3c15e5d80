import { constants } from 'node:fs'
import { mkdir, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { removeFileSync } from '../../files/remove-file.js'
import { requireTrusted } from '../../files/trusted-path.js'
import type { Notify } from '../../notice.js'
import { ignoredRecords } from '../ignored-records.js'
import { KeyQueue } from '../key-queue.js'
import { type FileLock, withFileLock } from '../locks/file-lock.js'
import type { Unreadable } from '../parse-record.js'
import { plainCodec, type RecordCodec } from '../sealed/record-seal.js'
import { infoOf, isRecordKey, type StoreRecord } from '../token-record.js'
import type { TokenStore } from '../token-store.js'
import { DurableFile } from './durable-file.js'

/** Options of {@link createFileStore}. */
export interface FileStoreOptions {
  /** The folder, created with mode 0700 if it is missing. One to which others may write is rejected. */
  readonly directory: string
  /** Receives a notice for each record that cannot be read. Default: none. */
  readonly notify?: Notify
}

/** Options of {@link openFileStore}. */
interface OpenFileStoreOptions extends FileStoreOptions {
  /** From this folder down, everything has to belong to this user. Default: the folder of the records. */
  readonly root?: string
  readonly codec: RecordCodec
}

/**
 * Creates a store of unencrypted files, one for each record: readable only by this user (0600 in a 0700 folder), shared by
 * every process of this user, and safe against a crash at any moment.
 *
 * @throws {@link OktaConnectError} later: `store_failed`
 * @example
 * // The store that the CLI, the PowerShell module and the broker share.
 * const store = createFileStore({ directory: join(defaultStateDirectory(), 'tokens') })
 */
export function createFileStore(options: FileStoreOptions): TokenStore {
  return openFileStore({ ...options, codec: plainCodec })
}

/**
 * As {@link createFileStore}, with records in the format of a codec.
 *
 * @throws {@link OktaConnectError} later: `store_failed`, also from the codec, before a user is asked to sign in
 */
export function openFileStore({
  directory,
  root = directory,
  codec,
  notify = () => {},
}: OpenFileStoreOptions): TokenStore {
  const queue = new KeyQueue()
  const reportIgnored = ignoredRecords(notify, 'The keyring no longer contains that key. Sign in again.')
  const pathOf = (recordKey: string) => join(directory, `${requireRecordKey(recordKey)}.json`)

  async function read(recordKey: string): Promise<StoreRecord | undefined> {
    await attempt('read', directory, () => requireTrusted(directory, { root }))
    return await readRecord(recordKey)
  }

  async function readRecord(recordKey: string): Promise<StoreRecord | undefined> {
    const path = pathOf(recordKey)
    const text = await attempt('read', path, () => readIfThere(path))
    if (text === undefined) return undefined
    const record = text === notAFile ? irregular : await codec.decode(recordKey, text)
    if (!('unreadable' in record)) return record
    reportIgnored(path, record.unreadable)
    return undefined
  }

  return {
    location: directory,
    read,
    async exclusive(recordKey, use, options = {}) {
      const path = pathOf(recordKey)
      const slotIn = (file: DurableFile, lock: FileLock) => ({
        read: () => read(recordKey),
        reserve: () => attempt('write', path, () => file.reserve()),
        write: (record: StoreRecord) =>
          attempt('write', path, async () => {
            await setAsideUnreadable(path, text => codec.decode(recordKey, text))
            await file.write(await codec.encode(recordKey, record))
            await lock.sweep()
          }),
        remove: () =>
          attempt('remove', path, async () => {
            lock.confirm()
            // Synchronous after the confirmation, as a rename is.
            removeFileSync(path)
            await lock.sweep()
          }),
        confirm: async () => lock.confirm(),
        announce: lock.announce,
      })
      const lockPath = join(directory, `${recordKey}.lock`)
      const locked = () =>
        withFileLock(
          lockPath,
          lock => {
            const file = new DurableFile(path, lock)
            return settled(use(slotIn(file, lock)).finally(() => file.close()))
          },
          options,
        )
      return queue.run(
        recordKey,
        async () => {
          await attempt('write', directory, () => createPrivateFolder(directory, root))
          await codec.prepare()
          // An error of `use` is thrown as it is; one of the lock is an error of the store.
          const outcome = await attempt('write', directory, locked)
          if ('error' in outcome) throw outcome.error
          return outcome.value
        },
        options.signal,
      )
    },
    async *list() {
      const names = await attempt('read', directory, async () => {
        await requireTrusted(directory, { root })
        return await namesIn(directory)
      })
      for (const name of names) {
        const recordKey = name.replace(/\.json$/, '')
        if (recordKey === name || !isRecordKey(recordKey)) continue
        const record = await readRecord(recordKey)
        if (record?.kind === 'token') yield infoOf(recordKey, record)
      }
    },
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

async function settled<T>(result: Promise<T>): Promise<Outcome<T>> {
  return result.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
}

async function attempt<T>(verb: 'read' | 'write' | 'remove', path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (isOktaConnectError(cause)) throw cause
    const reason = (cause as NodeJS.ErrnoException).code ?? 'an unknown reason'
    throw new OktaConnectError('store_failed', `The token store cannot ${verb} ${path}: ${reason}.`, {
      hint: 'Make the folder writable for this user, choose another one with CONNECT_OKTA_STATE_DIR, or use the store "memory".',
      cause,
    })
  }
}

// The key becomes a file name.
function requireRecordKey(recordKey: string): string {
  if (isRecordKey(recordKey)) return recordKey
  throw new TypeError('a record key contains only lower case letters, digits and hyphens')
}

async function createPrivateFolder(directory: string, root: string): Promise<void> {
  // Also before: in a folder of another user, nothing is created.
  await requireTrusted(directory, { root })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await requireTrusted(directory, { root })
}

// A newer version may be able to read what this one cannot.
async function setAsideUnreadable(
  path: string,
  decode: (text: string) => Promise<StoreRecord | Unreadable>,
): Promise<void> {
  const text = await readIfThere(path)
  if (text === undefined) return
  if (text === notAFile || 'unreadable' in (await decode(text))) await rename(path, `${path}.unreadable`)
}

const notAFile = Symbol('not a file')
const irregular: Unreadable = { unreadable: 'it is not a file' }

// A link is not followed, because it could lead to a file of another user. Opening a pipe does not block.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
async function readIfThere(path: string): Promise<string | typeof notAFile | undefined> {
  try {
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    return await file.readFile('utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP' || code === 'EISDIR') return notAFile
    throw error
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
