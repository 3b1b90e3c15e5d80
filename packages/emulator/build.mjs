import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'

// Generating an RSA key takes a tenth of a second. These are for tests: everyone with the package has them.
const amount = 8
const file = new URL('dist/keys/rsa-keys.json', import.meta.url)
const keys = Array.from({ length: amount }, () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
)
mkdirSync(new URL('.', file), { recursive: true })
writeFileSync(file, JSON.stringify(keys))
