import { randomBytes } from 'node:crypto'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecret, KeyringError, writeSecret } from '../../keys/keyring.js'
import { withFileLock } from '../locks/file-lock.js'
import { type SealKeySource, sealKeyBytes } from './record-seal.js'

const secretName = 'token store'

/**
 * The key that seals the records of a folder, in the keyring of the system. Where there is no keyring, records stay
 * plain, unless some have been sealed already: then a keyring that does not answer is an error, so that a locked one
 * never leads to a plain copy.
 *
 * @param directory the folder of the records, which is there when {@link SealKeySource.obtain} is called.
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

  async function findOrMake(): Promise<Buffer | undefined> {
    try {
      // One of several processes makes it, and the others find it.
      return (await read()) ?? (await withFileLock(`${marker}.lock`, async () => (await read()) ?? (await make())))
    } catch (error) {
      if (error instanceof KeyringError && (error.problem === 'absent' || !(await isThere(marker)))) return undefined
      throw error
    }
  }

  async function make(): Promise<Buffer> {
    const key = randomBytes(sealKeyBytes)
    await writeSecret(secretName, key.toString('base64'))
    await writeFile(marker, '', { mode: 0o600 })
    return key
  }

  // Asked once in the life of a process; a failure is asked again.
  const remembered = (ask: () => Promise<Buffer | undefined>) => {
    known ??= ask()
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

  return { find: () => remembered(find), obtain: () => remembered(findOrMake) }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
