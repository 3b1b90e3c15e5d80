import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { beforeAll } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { type CommandSignerOptions, commandSigner } from '../../src/keys/signers/command/command-signer.js'
import { newFolder } from './new-folder.test.support.js'

const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString()

/** Programs in JavaScript that sign, for the tests of a file. Use it only inside tests. */
export function useSigningProgram() {
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
  const keys = { rsa: rsaKey(), 'P-256': ec('P-256'), 'P-384': ec('P-384'), 'P-521': ec('P-521') }
  type KeyName = keyof typeof keys
  let folder = ''
  beforeAll(async () => {
    folder = await newFolder()
    for (const [name, { privateKey }] of Object.entries(keys)) await writeFile(join(folder, name), pemOf(privateKey))
  })
  const jwkOf = (name: KeyName): JWK => keys[name].publicKey.export({ format: 'jwk' }) as JWK
  /** The command for a statement, in which `input` is the standard input, `key` the private key, and `print` writes bytes. */
  const program = (key: KeyName, statement: string): readonly string[] => [
    ...[process.execPath, '-e'],
    `const crypto = require('node:crypto'), fs = require('node:fs')
     const key = fs.readFileSync(${JSON.stringify(join(folder, key))}), input = fs.readFileSync(0)
     const print = bytes => process.stdout.write(bytes)
     ${statement}`,
  ]
  return {
    keys,
    jwkOf,
    pemOf,
    program,
    /** Where the keys are. */
    folder: () => folder,
    signerBy: (statement: string, options: Partial<CommandSignerOptions> = {}, key: KeyName = 'P-256') =>
      commandSigner({ command: program(key, statement), publicKey: jwkOf(key), ...options }),
  }
}
