import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { newFolder } from './support/new-folder.test.support.js'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Compiles calls of `connect` and returns the compiler error of each call, or an empty string. */
async function errorsOf(calls: readonly string[]): Promise<readonly string[]> {
  const folder = await newFolder()
  const options = pathOf('../src/config/connect-options.ts')
  const program = join(folder, 'program.ts')
  const declarations = `import type { ConnectOptions } from '${options.replaceAll('\\', '/')}'; declare function connect(options: ConnectOptions): void`
  await writeFile(program, [declarations, ...calls].join('\n'))
  const compilerOptions = {
    noEmit: true,
    allowImportingTsExtensions: true,
    typeRoots: [pathOf('../../../node_modules/@types')],
  }
  const tsconfig = { extends: pathOf('../../../tsconfig.base.json'), compilerOptions, files: [program] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const compiler = pathOf('../../../node_modules/typescript/bin/tsc')
  const output = await promisify(execFile)(process.execPath, [compiler, '-p', folder]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
  const errors = output.split(/^(?=\S*program\.ts\(\d+)/m)
  return calls.map((_, index) => errors.find(error => error.includes(`program.ts(${index + 2},`)) ?? '')
}

it('names clientId and not apiToken when clientId is missing', async () => {
  const errors = await errorsOf([
    `connect({ tenant: 'example.okta.com' })`,
    `connect({ tenant: 'example.okta.com', jsonWebKey: '{}' })`,
    `connect({ tenant: 'example.okta.com', grant: 'authorization_code' })`,
    `connect({ tenant: 'example.okta.com', grant: 'client_credentials', jsonWebKey: '{}' })`,
    `connect({ tenant: 'example.okta.com', grant: 'device_code' })`,
  ])
  for (const error of errors) {
    expect(error).toContain('clientId')
    expect(error).not.toContain('apiToken')
  }
}, 30_000)

it('rejects options of another grant when grant is given, and accepts those of each grant', async () => {
  const [redirectUri, apiToken, clientId, ...valid] = await errorsOf([
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', grant: 'client_credentials', redirectUri: 'http://localhost' })`,
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', grant: 'device_code', apiToken: 'secret' })`,
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', grant: 'api_token', apiToken: 'secret' })`,
    `connect({ tenant: 'example.okta.com', clientId: '0oa1' })`,
    `connect({ tenant: new URL('https://example.okta.com'), clientId: '0oa1', jsonWebKey: '{}' })`,
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', grant: 'device_code', loginHint: 'ann' })`,
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', redirectUri: 'http://localhost:8080' })`,
    `connect({ tenant: 'example.okta.com', apiToken: 'secret' })`,
  ])
  expect(redirectUri).toContain("'redirectUri' does not exist")
  expect(apiToken).toContain("'apiToken' does not exist")
  expect(clientId).toContain("'clientId' does not exist")
  expect(valid).toEqual(['', '', '', '', ''])
}, 30_000)

it('rejects a key or a secret that can be undefined', async () => {
  const errors = await errorsOf([
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', jsonWebKey: '{}' as string | undefined })`,
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', clientSecret: 'secret' as string | undefined })`,
  ])
  for (const error of errors) expect(error).toContain('undefined')
}, 30_000)

it('accepts a key as text, bytes, a JWK or a JWKS, and nothing else', async () => {
  const key = (type: string) =>
    `connect({ tenant: 'example.okta.com', clientId: '0oa1', jsonWebKey: undefined as unknown as ${type} })`
  const valid = ['string', 'Uint8Array', '{ kty: string; n: string }', '{ keys: { kty: string }[] }', 'object', 'any']
  const types = [...valid, `import('node:crypto').JsonWebKey`, 'Promise<string>', `import('node:crypto').KeyObject`]
  const errors = await errorsOf(types.map(key))
  expect(errors.map(error => error.includes('error'))).toEqual([...Array(7).fill(false), true, true])
}, 30_000)
