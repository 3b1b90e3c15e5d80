import { generateKeyPair } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../pnpm.mjs'

const cached = join(root, 'node_modules/.cache/rsa-keys.json')
const amount = 8

/** Returns private RSA keys of 2048 bits as JWKs. They are generated once and cached, because each takes a tenth of a second. */
export async function rsaKeys() {
  try {
    return JSON.parse(readFileSync(cached, 'utf8'))
  } catch {
    const keys = await Promise.all(Array.from({ length: amount }, generate))
    mkdirSync(dirname(cached), { recursive: true })
    // Another run may read the file at the same time.
    writeFileSync(`${cached}-${process.pid}`, JSON.stringify(keys), { mode: 0o600 })
    renameSync(`${cached}-${process.pid}`, cached)
    return keys
  }
}

async function generate() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey.export({ format: 'jwk' })
}
