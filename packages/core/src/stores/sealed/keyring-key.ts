import { randomBytes } from 'node:crypto'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecret, KeyringError, writeSecret } from '../../keys/keyring.js'
import { withFileLock } from '../locks/file-lock.js'
import { type SealKeySource, sealKeyBytes } from './record-seal.js'

const secretName = 'token store'

/**
 * Returns the encryption key of a folder, from the keyring of the system. Without a keyring, records are not encrypted, unless
 * there are encrypted ones already: then a keyring that does not answer is an error, so that a locked one never leads to an
 * unencrypted copy.
 *
 * @param directory the folder of the records, which exists when {@link SealKeySource.obtain} is called.
 */
export function keyringKey(directory: string): SealKeySource {
  const marker = join(directory, 'sealed')
  let known: Promise<Buffer | undefined> | undefined

  async function read(): Promise<Buffer | undefined> {
    const text = await findSecret(secretName)
    const key = Buffer.from(text ?? '', 'base64')
    return key.byteLength === sealKeyBytes ? key : undefined
  }

  async function find(): Promise<Buffer | undefined> {
    try {
      return await read()
    } catch (error) {
      if (error instanceof KeyringError && error.problem === 'absent') return undefined
      throw error
    }
  }

  async function findOrCreate(): Promise<Buffer | undefined> {
    try {
      // One of several processes creates the key, and the others find it.
      return (await read()) ?? (await withFileLock(`${marker}.lock`, async () => (await read()) ?? (await create())))
    } catch (error) {
      if (error instanceof KeyringError && (error.problem === 'absent' || !(await exists(marker)))) return undefined
      throw error
    }
  }

  async function create(): Promise<Buffer> {
    const key = randomBytes(sealKeyBytes)
    await writeSecret(secretName, key.toString('base64'))
    await writeFile(marker, '', { mode: 0o600 })
    return key
  }

  // Read once in the life of a process. After a failure it is read again.
  const once = (read: () => Promise<Buffer | undefined>) => {
    known ??= read()
    known.then(
      key => {
        if (key === undefined) known = undefined
      },
      () => {
        known = undefined
      },
    )
    return known
  }

  return {
    async find() {
      const key = await once(find)
      return key === undefined ? [] : [key]
    },
    obtain: () => once(findOrCreate),
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
