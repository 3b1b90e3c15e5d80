import {
  closeSync,
  constants,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Notify } from '../deps.js'
import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { infoOf, isRecordKey, type StoreRecord, type Unreadable } from '../token-record.js'
import { type FileLock, withFileLock } from './file-lock.js'
import { KeyQueue } from './key-queue.js'
import { plainCodec, type RecordCodec } from './record-seal.js'
import { removeFile } from './remove-file.js'
import type { TokenStore } from './token-store.js'

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
export function openFolder({ directory, codec, notify = () => {} }: RecordFolder): TokenStore {
  const queue = new KeyQueue()
  const pathOf = (recordKey: string) => join(directory, `${checked(recordKey)}.json`)

  async function read(recordKey: string): Promise<StoreRecord | undefined> {
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
      const slotIn = (lock: FileLock) => ({
        read: () => read(recordKey),
        write: (record: StoreRecord) =>
          attempt('write', path, async () => {
            await setAsideUnreadable(path, text => codec.decode(recordKey, text))
            await writeDurably(path, directory, await codec.encode(recordKey, record))
          }),
        remove: () => attempt('remove', path, async () => removeAll(path)),
        // A lock file is there for as long as its owner lives.
        confirm: async () => {},
        announce: lock.announce,
      })
      const lockPath = join(directory, `${recordKey}.lock`)
      const locked = () => withFileLock(lockPath, lock => labelled(use(slotIn(lock))), options)
      return queue.run(
        recordKey,
        async () => {
          await attempt('write', directory, async () => makePrivate(directory))
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
      const names = await attempt('read', directory, async () => namesIn(directory))
      for (const [index, name] of names.entries()) {
        // Each is read at once: others have their turn in between.
        if (index % recordsPerTurn === recordsPerTurn - 1) await new Promise(setImmediate)
        const recordKey = name.replace(/\.json$/, '')
        if (recordKey === name || !isRecordKey(recordKey)) continue
        const record = await read(recordKey)
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

function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32') return
  // A folder that was there already may be somebody else's idea: it is not changed, but not trusted blindly either.
  if ((statSync(directory).mode & 0o022) === 0) return
  throw new OktaConnectError('store_failed', `Others may write to the folder ${directory}.`, {
    hint: `Keep them out: chmod go-w ${directory}`,
  })
}

async function writeDurably(path: string, directory: string, text: string): Promise<void> {
  // One name, since only the owner of the lock writes: what a crash leaves behind, the next write replaces.
  const temporary = temporaryOf(path)
  removeFile(temporary)
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    await reachDisk(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  // The new name is on the disk only when the folder is.
  if (process.platform !== 'win32') await syncDirectory(directory)
}

// By another thread: a disk may take its time.
const reachDisk = promisify(fsync)

// What this version cannot read may be precious to a newer one.
async function setAsideUnreadable(
  path: string,
  decode: (text: string) => Promise<StoreRecord | Unreadable>,
): Promise<void> {
  const text = readIfThere(path)
  if (text === undefined) return
  if (text === notAFile || 'unreadable' in (await decode(text))) renameSync(path, `${path}.unreadable`)
}

function removeAll(path: string): void {
  removeFile(path)
  removeFile(temporaryOf(path))
}

function temporaryOf(path: string): string {
  return `${path}.tmp`
}

async function syncDirectory(directory: string): Promise<void> {
  const file = openSync(directory, 'r')
  try {
    await reachDisk(file)
  } finally {
    closeSync(file)
  }
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
