import { execFileSync } from 'node:child_process'
import { sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

// The key that the service has.
const keyFile = process.env.STAND_IN_KEY

/** Reads the command line strictly, as the real program does. Ends with an error if it is another one than expected. */
export function requireCommandLine(positionals, expected) {
  const options = Object.fromEntries(Object.keys(expected).map(name => [name, { type: 'string' }]))
  const { values, positionals: found } = parseArgs({ options, allowPositionals: true, strict: true })
  for (const [name, value] of Object.entries({ ...expected, positionals: positionals.join(' ') })) {
    const actual = name === 'positionals' ? found.join(' ') : values[name]
    if (actual !== value) throw new Error(`usage: ${name} is ${actual}, not ${value}`)
  }
}

/** Returns the standard input. */
export const readInput = (path = 0) => readFileSync(path)

/** Signs a message by ES256. */
export function signed(message, dsaEncoding) {
  return sign('sha256', message, { key: readFileSync(keyFile), dsaEncoding })
}

/** Signs a digest, as a key service does that never gets the message. Node cannot, so OpenSSL does. */
export function signedDigest(digest) {
  return execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', keyFile], { input: digest })
}
