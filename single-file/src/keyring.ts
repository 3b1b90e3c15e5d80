import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getRawAsset } from 'node:sea'
import type * as Keyring from '@napi-rs/keyring'
import { currentEnvironment } from '../../packages/core/dist/environment.js'
import { requireTrusted } from '../../packages/core/dist/files/trusted-path.js'

/** The part of `@napi-rs/keyring` that the core uses. Its native code is in the program, and is loaded at the first use. */
export class AsyncEntry {
  readonly #entry: Promise<Keyring.AsyncEntry>

  constructor(...args: ConstructorParameters<typeof Keyring.AsyncEntry>) {
    this.#entry = library().then(({ AsyncEntry }) => new AsyncEntry(...args))
  }

  async getSecret(signal?: AbortSignal): Promise<number[] | null> {
    return await (await this.#entry).getSecret(signal)
  }

  async setSecret(secret: Uint8Array, signal?: AbortSignal): Promise<void> {
    await (await this.#entry).setSecret(secret, signal)
  }
}

let loaded: Promise<typeof Keyring> | undefined

function library(): Promise<typeof Keyring> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<typeof Keyring> {
  const module = { exports: {} }
  process.dlopen(module, await extract(Buffer.from(getRawAsset('keyring.node') as ArrayBuffer)))
  return module.exports as typeof Keyring
}

/**
 * Writes native code to a file, because the system loads it only from files.
 *
 * @returns the path of the file. Only this user can write to it, and its content is the given one.
 * @throws OktaConnectError `store_failed` if other users can replace the file
 */
async function extract(code: Buffer): Promise<string> {
  const { stateDirectory } = currentEnvironment()
  const folder = join(stateDirectory, 'native')
  const path = join(folder, `keyring-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.node`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await requireTrusted(path, { root: stateDirectory })
  const present = await readFile(path).catch(() => undefined)
  if (present?.equals(code)) return path
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, code, { mode: 0o600, flag: 'wx', flush: true })
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  return path
}
