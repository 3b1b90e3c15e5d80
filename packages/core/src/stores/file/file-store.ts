import { closeSync, constants, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { removeFile } from '../../files/remove-file.js'
import { requireTrusted } from '../../files/trusted-path.js'
import type { Notify } from '../../notice.js'
import { KeyQueue } from '../key-queue.js'
import { type FileLock, withFileLock } from '../locks/file-lock.js'
import { plainCodec, type RecordCodec } from '../sealed/record-seal.js'
import { infoOf, isRecordKey, type StoreRecord, type Unreadable } from '../token-record.js'
import type { TokenStore } from '../token-store.js'
import { DurableFile } from './durable-file.js'

// The file system is asked at once, but for what may take its time: a thread that does it for us takes longer than it.

const recordsPerTurn = 50

/** What {@link createFileStore} needs. */
export interface FileStoreOptions {
  /** The folder, made with mode 0700 when it is missing. One to which others may write is refused. */
  readonly directory: string
  /** Hears of records that are left alone because they cannot be read. */
  readonly notify?: Notify
}

/** A folder of records, and how each is written. */
interface RecordFolder extends FileStoreOptions {
  /** The folder from which on down everything has to belong to this user. Default: the folder of the records. */
  readonly root?: string
  readonly codec: RecordCodec
}

/**
 * A store of plain files, one record a file: readable by this user alone (0600 in a 0700 folder), shared by every
 * process of this user, safe against crashes at any moment.
 *
 * @example
 * const store = createFileStore({ directory: join(defaultStateDirectory(), 'tokens') }) // what every door shares
 */
export function createFileStore(options: FileStoreOptions): TokenStore {
  return openFolder({ ...options, codec: plainCodec })
}

/**
 * A store of files, as {@link createFileStore} has them, with records in the form that a codec gives them.
 *
 * @throws {@link OktaConnectError} later, from the codec too: before anybody is asked to sign in.
 */
export function openFolder({ directory, root = directory, codec, notify = () => {} }: RecordFolder): TokenStore {
  const queue = new KeyQueue()
  const pathOf = (recordKey: string) => join(directory, `${checked(recordKey)}.json`)

  async function read(recordKey: string): Promise<StoreRecord | undefined> {
    await attempt('read', directory, async () => requireTrusted(directory, { root }))
    return await readRecord(recordKey)
  }

  async function readRecord(recordKey: string): Promise<StoreRecord | undefined> {
    const path = pathOf(recordKey)
    const text = await attempt('read', path, async () => readIfThere(path))
    if (text === undefined) return undefined
    const record = text === notAFile ? irregular : await codec.decode(recordKey, text)
    if (!('unreadable' in record)) return record
    notify({ code: 'record_ignored', message: `The stored record ${path} is left alone: ${record.unreadable}.` })
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
            lock.sweep()
          }),
        remove: () =>
          attempt('remove', path, async () => {
            lock.confirm()
            removeFile(path)
            lock.sweep()
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
            return labelled(use(slotIn(file, lock)).finally(() => file.close()))
          },
          options,
        )
      return queue.run(
        recordKey,
        async () => {
          await attempt('write', directory, async () => makePrivate(directory, root))
          await codec.prepare()
          // An error of `use` keeps its name; one of the lock is an error of the store.
          const outcome = await attempt('write', directory, locked)
          if ('error' in outcome) throw outcome.error
          return outcome.value
        },
        options.signal,
      )
    },
    async *list() {
      const names = await attempt('read', directory, async () => {
        requireTrusted(directory, { root })
        return namesIn(directory)
      })
      for (const [index, name] of names.entries()) {
        // Each is read at once: others have their turn in between.
        if (index % recordsPerTurn === recordsPerTurn - 1) await new Promise(setImmediate)
        const recordKey = name.replace(/\.json$/, '')
        if (recordKey === name || !isRecordKey(recordKey)) continue
        const record = await readRecord(recordKey)
        if (record?.kind === 'token') yield infoOf(recordKey, record)
      }
    },
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

async function labelled<T>(result: Promise<T>): Promise<Outcome<T>> {
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
      hint: 'Make the folder writable for this user, or choose another one with CONNECT_OKTA_STATE_DIR.',
      cause,
    })
  }
}

// Keys become file names.
function checked(recordKey: string): string {
  if (isRecordKey(recordKey)) return recordKey
  throw new TypeError('a record key holds lower case letters, digits and hyphens')
}

function makePrivate(directory: string, root: string): void {
  // Before it too: what is made in a folder of somebody else is not ours.
  requireTrusted(directory, { root })
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  requireTrusted(directory, { root })
}

// What this version cannot read may be precious to a newer one.
async function setAsideUnreadable(
  path: string,
  decode: (text: string) => Promise<StoreRecord | Unreadable>,
): Promise<void> {
  const text = readIfThere(path)
  if (text === undefined) return
  if (text === notAFile || 'unreadable' in (await decode(text))) renameSync(path, `${path}.unreadable`)
}

const notAFile = Symbol('not a file')
const irregular: Unreadable = { unreadable: 'it is not a file' }

// A link is not followed: it could lead to what somebody else has put there. A pipe is not waited for.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
function readIfThere(path: string): string | typeof notAFile | undefined {
  try {
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP' || code === 'EISDIR') return notAFile
    throw error
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
